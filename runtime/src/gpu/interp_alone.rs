//! The interpreter of PTX as a crate of its own, for its tests: a test build of the
//! library would instantiate all of WASI a second time.
#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the library uses what is public"
)]

mod interp;
