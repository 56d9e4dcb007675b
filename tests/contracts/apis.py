"""What the recorded calls are held against: a line for each API of Google's, and GitHub's.

A new API joins by its line. The name and the version are those of its discovery document; the last
word is what the sandbox puts before the API's own path, mostly nothing.
"""

APIS = [
    ("storage", "v1", ""),
    ("bigquery", "v2", ""),
    ("container", "v1", ""),
    ("iam", "v1", ""),
    ("cloudresourcemanager", "v3", ""),
    ("serviceusage", "v1", ""),
    ("compute", "v1", ""),
    ("artifactregistry", "v1", "/artifactregistry"),
    ("secretmanager", "v1", ""),
    ("billingbudgets", "v1", ""),
    ("dns", "v1", ""),
    ("monitoring", "v3", ""),
]

# What the sandbox puts before the paths of GitHub's API.
GITHUB = "/github"

# Services of gRPC: the full name, and the transport of Google's Python client that has its messages.
SERVICES = [
    (
        "google.storage.v2.Storage",
        "google.cloud._storage_v2.services.storage.transports.grpc:StorageGrpcTransport",
    ),
    (
        "google.storage.control.v2.StorageControl",
        "google.cloud.storage_control_v2.services.storage_control.transports.grpc"
        ":StorageControlGrpcTransport",
    ),
]
