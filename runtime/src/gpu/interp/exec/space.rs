//! State spaces: which bytes an address means.

use std::collections::HashSet;

use super::super::Memory;
use super::super::fault::Halt;
use super::super::inst::Space;
use super::super::int::{cut, extend};

/// Windows of the generic address space. Each is as large as 32 bits reach, and
/// none starts at zero, so an address that skipped its `cvta` hits nothing.
const SHARED: u64 = 0x7000_0000_0000;
const LOCAL: u64 = 0x7100_0000_0000;
const CONST: u64 = 0x7200_0000_0000;
const WINDOW: u64 = 1 << 32;

/// The first shared address of a variable: a null pointer is not one.
pub(in super::super) const SHARED_START: u32 = 1024;
/// The first local address.
pub(super) const LOCAL_START: u32 = 256;

/// All bytes that one thread can reach.
pub(super) struct Spaces<'a> {
    pub(super) memory: &'a mut Memory,
    pub(super) shared: &'a mut [u8],
    pub(super) local: &'a mut [u8],
    pub(super) constant: &'a mut [u8],
    pub(super) watch: Option<&'a mut Watch>,
}

/// What an access does with its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    ReadOnly,
    Write,
}

/// What a launch wrote and what it read as read-only, in words of four bytes.
#[derive(Debug, Default)]
pub(in super::super) struct Watch {
    written: HashSet<u64>,
    read_only: HashSet<u64>,
}

impl Watch {
    fn note(&mut self, address: u64, bytes: u64, what: Use) -> Result<(), Halt> {
        for word in address / 4..=(address + bytes - 1) / 4 {
            let clash = match what {
                Use::Read => false,
                Use::ReadOnly => {
                    self.read_only.insert(word);
                    self.written.contains(&word)
                }
                Use::Write => {
                    self.written.insert(word);
                    self.read_only.contains(&word)
                }
            };
            if clash {
                return Err(Halt::Undefined(
                    "`ld.global.nc` reads what this launch writes",
                ));
            }
        }
        Ok(())
    }
}

impl Spaces<'_> {
    /// The bytes of an access: aligned, and all inside one allocation.
    #[inline]
    pub(super) fn at(
        &mut self,
        space: Space,
        address: u64,
        bytes: u64,
        what: Use,
    ) -> Result<&mut [u8], Halt> {
        if address & (bytes - 1) != 0 {
            return Err(Halt::Misaligned { address, bytes });
        }
        let outside = |space| Halt::OutOfBounds {
            space,
            address,
            bytes,
        };
        let (space, inner) = match space {
            Space::Generic => window(address),
            space => (space, address),
        };
        let within = |start: u32| -> Option<std::ops::Range<usize>> {
            let start = inner.checked_sub(start.into())?;
            let end = start.checked_add(bytes)?;
            Some(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
        };
        match space {
            Space::Shared => {
                let range = within(SHARED_START).ok_or(outside("shared"))?;
                self.shared.get_mut(range).ok_or(outside("shared"))
            }
            Space::Local => {
                let range = within(LOCAL_START).ok_or(outside("local"))?;
                self.local.get_mut(range).ok_or(outside("local"))
            }
            Space::Const if what == Use::Write => Err(outside("const")),
            Space::Const => {
                let range = within(0).ok_or(outside("const"))?;
                self.constant.get_mut(range).ok_or(outside("const"))
            }
            Space::Global | Space::Generic => {
                let bytes_at = self.memory.access(inner, bytes)?;
                if let Some(watch) = &mut self.watch {
                    watch.note(inner, bytes, what)?;
                }
                Ok(bytes_at)
            }
        }
    }
}

/// The space of a generic address, and the address in that space.
fn window(address: u64) -> (Space, u64) {
    let inner = address & (WINDOW - 1);
    match address & !(WINDOW - 1) {
        SHARED => (Space::Shared, inner),
        LOCAL => (Space::Local, inner),
        CONST => (Space::Const, inner),
        _ => (Space::Global, address),
    }
}

/// `cvta` and `cvta.to`.
pub(super) fn convert(address: u64, space: Space, back: bool) -> Result<u64, Halt> {
    let base = match space {
        Space::Shared => SHARED,
        Space::Local => LOCAL,
        Space::Const => CONST,
        Space::Global | Space::Generic => return Ok(address),
    };
    if back {
        let inner = address.wrapping_sub(base);
        return if inner < WINDOW {
            Ok(inner)
        } else {
            Err(Halt::Undefined(
                "`cvta.to` of an address that is not in the state space",
            ))
        };
    }
    if address < WINDOW {
        Ok(base + address)
    } else {
        Err(Halt::Undefined(
            "`cvta` of what is no address of the state space",
        ))
    }
}

/// The value of some bytes; `extends` is the width a sign is spread over, or 0.
pub(super) fn load(bytes: &[u8], extends: u8) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    let value = u64::from_le_bytes(word);
    match extends {
        0 => value,
        register => cut(
            extend(value, bytes.len() as u32 * 8) as u64,
            register.into(),
        ),
    }
}
