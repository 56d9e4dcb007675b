//! Stories of the whole server, told by the real client.
