"""A Kubernetes of one's own on loopback: etcd, the API server and the controllers, without a node.

    cluster.py PROGRAMS

PROGRAMS is the folder that programs.sh prints. Says the path of a kubeconfig on a line of its own when
the server is ready, and stops everything, in order, when it is told to end or whoever started it is gone.
The context is `rig`; `viewer` is somebody who may only look.
"""

import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = "127.0.0.1"
PATIENCE = 180  # seconds, on a machine that has other things to do


def free_ports(count):
    """Ports that nobody listens on; all are held until the last is found."""
    sockets = [socket.create_server((HERE, 0)) for _ in range(count)]
    ports = [it.getsockname()[1] for it in sockets]
    for it in sockets:
        it.close()
    return ports


def end_with_us():
    """Has the kernel end a program when we are killed and cannot; elsewhere than on Linux, it stays."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Cluster:
    """The servers, their folder and their ports."""

    def __init__(self, programs, folder):
        self.programs, self.folder = pathlib.Path(programs), folder
        self.port, self.etcd, self.peers, self.controllers = free_ports(4)
        self.url = f"https://{HERE}:{self.port}"
        self.started = []

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def certificates(self):
        """An authority, what it says of the server, and the key that signs tokens of accounts."""
        key = ["-newkey", "rsa:2048", "-nodes"]
        self.openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=rig")
        self.openssl("req", *key, "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=kube-apiserver")
        names = f"subjectAltName=IP:{HERE},DNS:localhost,DNS:kubernetes.default.svc,IP:10.0.0.1\n"
        (self.folder / "names").write_text(names)
        signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2"]
        self.openssl("x509", "-req", "-in", "tls.csr", *signed, "-extfile", "names", "-out", "tls.crt")
        self.openssl("genrsa", "-out", "accounts.key", "2048")
        self.openssl("rsa", "-in", "accounts.key", "-pubout", "-out", "accounts.pub")

    def kubeconfig(self):
        """Writes who may call: an administrator, and somebody of a group that has no rights yet."""
        people = 'admin-token,admin,u1,"system:masters"\nviewer-token,viewer,u2,"viewers"\n'
        (self.folder / "tokens.csv").write_text(people)
        cluster = {"server": self.url, "certificate-authority": str(self.folder / "ca.crt")}
        names = {"rig": "admin", "viewer": "viewer"}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "rig", "cluster": cluster}],
            "users": [{"name": who, "user": {"token": f"{who}-token"}} for who in names.values()],
            "contexts": [
                {"name": name, "context": {"cluster": "rig", "user": who}} for name, who in names.items()
            ],
            "current-context": "rig",
        }
        path = self.folder / "kubeconfig"
        path.write_text(json.dumps(config, indent=1))
        path.chmod(0o600)
        return path

    def start(self, name, *options):
        log = (self.folder / f"{name}.log").open("w")
        command = [str(self.programs / name), *options]
        process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, preexec_fn=end_with_us)
        self.started.append((name, process))

    def start_all(self):
        """Starts what keeps things, what answers, and what acts on them; waits for each."""
        self.start_etcd()
        self.start_apiserver()
        self.wait_for(f"{self.url}/readyz")
        self.start(
            "kube-controller-manager",
            f"--kubeconfig={self.folder}/kubeconfig",
            f"--bind-address={HERE}",
            f"--secure-port={self.controllers}",
            "--leader-elect=false",
            "--service-account-private-key-file=accounts.key",
            "--root-ca-file=ca.crt",
        )
        self.wait_for(f"{self.url}/api/v1/namespaces/default/serviceaccounts/default")

    def start_etcd(self):
        clients, peers = f"http://{HERE}:{self.etcd}", f"http://{HERE}:{self.peers}"
        self.start(
            "etcd",
            "--data-dir=etcd",
            f"--listen-client-urls={clients}",
            f"--advertise-client-urls={clients}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
            "--unsafe-no-fsync",
        )

    def start_apiserver(self):
        self.start(
            "kube-apiserver",
            f"--etcd-servers=http://{HERE}:{self.etcd}",
            f"--bind-address={HERE}",
            f"--secure-port={self.port}",
            f"--advertise-address={HERE}",
            "--endpoint-reconciler-type=none",
            "--tls-cert-file=tls.crt",
            "--tls-private-key-file=tls.key",
            "--client-ca-file=ca.crt",
            "--token-auth-file=tokens.csv",
            "--authorization-mode=RBAC",
            "--allow-privileged=true",
            "--service-cluster-ip-range=10.0.0.0/24",
            f"--service-account-issuer={self.url}",
            "--service-account-key-file=accounts.pub",
            "--service-account-signing-key-file=accounts.key",
        )

    def wait_for(self, url):
        """Asks until the server says yes; ends with the log of a program that ended."""
        trust = ssl.create_default_context(cafile=self.folder / "ca.crt")
        asked = urllib.request.Request(url, headers={"Authorization": "Bearer admin-token"})
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(asked, context=trust, timeout=5).close()
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                self.check_alive()
                time.sleep(0.2)
        sys.exit(f"{url} did not answer within {PATIENCE} seconds")

    def check_alive(self):
        for name, process in self.started:
            if process.poll() is not None:
                said = (self.folder / f"{name}.log").read_text()
                sys.exit(f"{name} ended with {process.returncode}:\n{said[-3000:]}")

    def stop(self):
        """The last one started goes first: an API server without its etcd waits for long."""
        for _, process in reversed(self.started):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def main():
    parent = os.getppid()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="leap-infra-rig-"))
    cluster = Cluster(sys.argv[1], folder)
    try:
        cluster.certificates()
        path = cluster.kubeconfig()
        cluster.start_all()
        print(path, flush=True)
        while os.getppid() == parent:
            cluster.check_alive()
            time.sleep(0.3)
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
