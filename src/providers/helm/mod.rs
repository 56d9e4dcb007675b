//! Helm: releases, as Helm itself keeps them in the cluster.

pub mod helm_release;
