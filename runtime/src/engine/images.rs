//! What the memories of a module's instances begin as: on Linux a file in memory,
//! copied when it is written to.

/// How often an image is tried.
const ATTEMPTS: u32 = 3;

/// Makes images before the first instance asks for them.
///
/// Linux refuses to seal such a file (`EBUSY` of `F_SEAL_WRITE`, see fcntl(2)) while any
/// part of the kernel holds one of its pages for longer than the 150 ms that it waits.
/// Wasmtime fails the instance then: rarely, and with large modules on a busy machine.
/// The next attempt finds the page free. An error that stays is the first instance's to
/// report.
pub(crate) fn make(images: impl Fn() -> wasmtime::Result<()>) {
    for _ in 0..ATTEMPTS {
        if images().is_ok() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// How often images are tried of which the first ones fail.
    fn tries(failing: u32) -> u32 {
        let tries = Cell::new(0);
        make(|| {
            tries.set(tries.get() + 1);
            if tries.get() > failing {
                return Ok(());
            }
            Err(wasmtime::Error::msg("cannot add seals to the memfd"))
        });
        tries.get()
    }

    #[test]
    fn what_fails_for_a_moment_is_tried_again() {
        assert_eq!(tries(0), 1);
        assert_eq!(tries(2), 3);
        assert_eq!(tries(u32::MAX), ATTEMPTS);
    }
}
