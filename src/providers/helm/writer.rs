//! The half of the client that can write: the Kubernetes API, and the program `helm`.

use super::Program;
use crate::kind::Provider;
use crate::providers::kubernetes;
use std::fmt;
use std::sync::Arc;

/// Changes releases.
pub struct Writer {
    pub(crate) kubernetes: kubernetes::Writer,
    pub(crate) program: Arc<dyn Program>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({:?})", self.kubernetes)
    }
}

/// Each step runs a program that keeps a whole chart in memory.
impl Provider for Writer {
    const WORD: &'static str = "helm";
    const AT_ONCE: Option<usize> = Some(4);
}

impl Writer {
    /// A writer that has `program` do the work.
    pub fn new(connection: &kubernetes::Connection, program: Arc<dyn Program>) -> Self {
        Self { kubernetes: kubernetes::Writer::new(connection), program }
    }
}
