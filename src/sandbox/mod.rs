//! The cloud inside the binary: real wire protocols over loopback.
