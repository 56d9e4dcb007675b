"""What a platform is made of: the objects of hubs, with what the server adds to them."""

from asking import core, group


def a_deployment_gets_what_it_does_not_say(on):
    labels = {"app": "hub"}
    container = {"name": "hub", "image": "hub:1", "ports": [{"containerPort": 8081}], "resources": {"requests": {"cpu": "0.5", "memory": "1024Mi"}}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "hub"}, "spec": spec}
    on.ask("deployment", "POST", group("apps/v1", on.space, "deployments"), body, only=["spec", "metadata.generation"])


def a_service_gets_what_it_does_not_say(on):
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "hub"}, "spec": {"ports": [{"port": 80}], "selector": {"app": "hub"}}}
    on.ask("service", "POST", core(on.space, "services"), body, without=["spec.clusterIP", "spec.clusterIPs", "metadata.managedFields"])
    headless = {**body, "metadata": {"name": "peers"}, "spec": {**body["spec"], "clusterIP": "None"}}
    on.ask("headless", "POST", core(on.space, "services"), headless, only=["spec"])


def a_claim_gets_what_it_does_not_say(on):
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}, "storageClassName": "standard"}
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "hub-db-dir"}, "spec": spec}
    on.ask("claim", "POST", core(on.space, "persistentvolumeclaims"), body, only=["spec", "metadata.finalizers"])


def quantities_come_back_in_their_own_form(on):
    body = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "all"}, "spec": {"hard": {"requests.cpu": "0.5", "requests.memory": "1024Mi", "pods": "10"}}}
    on.ask("quota", "POST", core(on.space, "resourcequotas"), body, only=["spec"])
    labels = {"app": "hub"}
    resources = {"requests": {"cpu": "0.5", "memory": "1024Mi"}, "limits": {"cpu": 2, "memory": "1.5Gi"}}
    container = {"name": "hub", "image": "hub:1", "resources": resources}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "hub"}, "spec": spec}
    on.ask("resources", "POST", group("apps/v1", on.space, "deployments"), body, only=["spec.template.spec.containers.0.resources"])


def accounts_roles_and_bindings_are_made(on):
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "user-sa", "annotations": {"iam.gke.io/gcp-service-account": "hub@p.iam.gserviceaccount.com"}}}
    on.ask("account", "POST", core(on.space, "serviceaccounts"), account)
    version = "rbac.authorization.k8s.io/v1"
    role = {"apiVersion": version, "kind": "Role", "metadata": {"name": "hub"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}]}
    on.ask("role", "POST", group(version, on.space, "roles"), role)
    subjects = [{"kind": "ServiceAccount", "name": "hub", "namespace": on.space}]
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "hub"}
    binding = {"apiVersion": version, "kind": "RoleBinding", "metadata": {"name": "hub"}, "subjects": subjects, "roleRef": reference}
    on.ask("binding", "POST", group(version, on.space, "rolebindings"), binding)


def cluster_wide_things_have_no_namespace(on):
    version = "scheduling.k8s.io/v1"
    body = {"apiVersion": version, "kind": "PriorityClass", "metadata": {"name": "hub-placeholder"}, "value": -10, "globalDefault": False}
    on.ask("priority", "POST", f"/apis/{version}/priorityclasses", body)
    version = "storage.k8s.io/v1"
    body = {"apiVersion": version, "kind": "StorageClass", "metadata": {"name": "homes"}, "provisioner": "pd.csi.storage.gke.io", "allowVolumeExpansion": True}
    on.ask("class", "POST", f"/apis/{version}/storageclasses", body)
    on.ask("in a namespace", "POST", f"/apis/{version}/namespaces/{on.space}/storageclasses", body, only=["code"])


def a_cron_job_and_a_policy_are_made(on):
    pod = {"restartPolicy": "Never", "containers": [{"name": "scale", "image": "kubectl:1", "args": ["scale"]}]}
    job = {"schedule": "0 9 12 3 *", "timeZone": "America/New_York", "jobTemplate": {"spec": {"template": {"spec": pod}}}}
    body = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "seats"}, "spec": job}
    only = ["kind", "spec.schedule", "spec.concurrencyPolicy", "spec.suspend", "spec.successfulJobsHistoryLimit", "spec.failedJobsHistoryLimit"]
    on.ask("cron job", "POST", group("batch/v1", on.space, "cronjobs"), body, only=only)
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "hub"}, "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "hub"}}}}
    on.ask("budget", "POST", group("policy/v1", on.space, "poddisruptionbudgets"), budget, only=["kind", "spec"])
    rules = {"podSelector": {"matchLabels": {"app": "hub"}}, "policyTypes": ["Ingress"], "ingress": [{"ports": [{"port": 8081}]}]}
    policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "hub"}, "spec": rules}
    on.ask("policy", "POST", group("networking.k8s.io/v1", on.space, "networkpolicies"), policy, only=["kind", "spec"])
