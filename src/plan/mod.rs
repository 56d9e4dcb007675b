//! From two pictures of the world to an ordered list of steps.
