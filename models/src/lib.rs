//! Models of the library's lock-free parts; see `tests/models`.
