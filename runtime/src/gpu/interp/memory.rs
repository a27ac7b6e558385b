//! Device memory: allocations at 64-bit addresses, far apart.

use std::collections::{HashMap, VecDeque};

use super::fault::Halt;
use super::int::poison;
use super::{Fault, Place, Program};

/// Address of the first allocation's room; below lie the windows of `space.rs`.
const BASE: u64 = 1 << 60;
/// Distance between the rooms of two allocations, as a power of two.
const ROOM: u32 = 36;
/// Where an allocation starts in its room: close below 4 GiB, so that address
/// arithmetic in 32 bits loses a carry.
const START: u64 = (1 << 32) - 0x1000;
/// The largest allocation.
pub const LARGEST: u64 = 16 << 30;
/// Rooms that are handed out before the longest-freed one is used again.
const FRESH_ROOMS: usize = 1 << 14;
/// Bytes of a page: the unit in which host memory is taken.
const PAGE: u64 = 1 << 14;

/// The memory of one device. Allocations stay until freed, over launches.
///
/// Fresh bytes are poison: arbitrary, drawn from the seed.
#[derive(Debug)]
pub struct Memory {
    seed: u64,
    rooms: Vec<Option<Room>>,
    freed: VecDeque<usize>,
    /// Addresses of the `.global` variables of programs that were launched.
    loaded: HashMap<u64, Vec<u64>>,
}

#[derive(Debug)]
struct Room {
    bytes: u64,
    pages: Vec<Page>,
}

#[derive(Debug, Clone)]
enum Page {
    Poison,
    Filled(u8),
    Bytes(Box<[u8]>),
}

impl Default for Memory {
    fn default() -> Memory {
        Memory::new()
    }
}

impl Memory {
    /// An empty memory, seed 0.
    pub fn new() -> Memory {
        Memory::with_seed(0)
    }

    /// An empty memory whose fresh bytes come from `seed`.
    pub fn with_seed(seed: u64) -> Memory {
        Memory {
            seed,
            rooms: Vec::new(),
            freed: VecDeque::new(),
            loaded: HashMap::new(),
        }
    }

    /// Allocates, 256-byte aligned. Returns 0 where the memory is out: above
    /// 16 GiB in one piece. Zero bytes have an address too, of no byte.
    pub fn alloc(&mut self, bytes: u64) -> u64 {
        if bytes > LARGEST {
            return 0;
        }
        let Ok(pages) = usize::try_from(bytes.div_ceil(PAGE)) else {
            return 0;
        };
        let room = Some(Room {
            bytes,
            pages: vec![Page::Poison; pages],
        });
        let reuse = if self.rooms.len() >= FRESH_ROOMS {
            self.freed.pop_front()
        } else {
            None
        };
        let index = match reuse {
            Some(index) => {
                self.rooms[index] = room;
                index
            }
            None => {
                self.rooms.push(room);
                self.rooms.len() - 1
            }
        };
        address(index)
    }

    /// Frees an allocation by its address; false if there is none.
    pub fn free(&mut self, address: u64) -> bool {
        let Some((index, 0)) = locate(address) else {
            return false;
        };
        match self.rooms.get_mut(index) {
            Some(room @ Some(_)) => {
                *room = None;
                self.freed.push_back(index);
                true
            }
            _ => false,
        }
    }

    /// Copies out, any alignment.
    pub fn read(&self, address: u64, out: &mut [u8]) -> Result<(), Fault> {
        let (index, offset) = self.inside(address, out.len() as u64).map_err(host)?;
        let Some(room) = &self.rooms[index] else {
            return Ok(());
        };
        pieces(offset, out.len(), |page, start, range| {
            let out = &mut out[range];
            match &room.pages[page] {
                Page::Poison => {
                    let whole = self.poison(index, page);
                    out.copy_from_slice(&whole[start..start + out.len()]);
                }
                Page::Filled(byte) => out.fill(*byte),
                Page::Bytes(bytes) => out.copy_from_slice(&bytes[start..start + out.len()]),
            }
        });
        Ok(())
    }

    /// Copies in, any alignment.
    pub fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Fault> {
        let (index, offset) = self.inside(address, bytes.len() as u64).map_err(host)?;
        pieces(offset, bytes.len(), |page, start, range| {
            let bytes = &bytes[range];
            if let Some(held) = self.page(index, page) {
                held[start..start + bytes.len()].copy_from_slice(bytes);
            }
        });
        Ok(())
    }

    /// Sets `length` bytes to `byte`. Whole pages cost nothing until touched.
    pub fn fill(&mut self, address: u64, length: u64, byte: u8) -> Result<(), Fault> {
        let (index, offset) = self.inside(address, length).map_err(host)?;
        let end = offset + length;
        let mut at = offset;
        while at < end {
            let (page, start) = ((at / PAGE) as usize, (at % PAGE) as usize);
            let next = end.min((at / PAGE + 1) * PAGE);
            let Some(room) = self.rooms[index].as_mut() else {
                break;
            };
            let last = next == end && end == room.bytes;
            if start == 0 && (next - at == PAGE || last) {
                room.pages[page] = Page::Filled(byte);
            } else if let Some(held) = self.page(index, page) {
                held[start..start + (next - at) as usize].fill(byte);
            }
            at = next;
        }
        Ok(())
    }

    /// The `bytes` bytes at `address`, which do not cross a page: for aligned
    /// accesses of up to 32 bytes.
    #[inline]
    pub(super) fn access(&mut self, address: u64, bytes: u64) -> Result<&mut [u8], Halt> {
        let outside = Halt::OutOfBounds {
            space: "global",
            address,
            bytes,
        };
        let (index, offset) = locate(address).ok_or(outside)?;
        let Some(Some(room)) = self.rooms.get_mut(index) else {
            return Err(outside);
        };
        if offset > room.bytes || bytes > room.bytes - offset {
            return Err(outside);
        }
        let (page, start) = ((offset / PAGE) as usize, (offset % PAGE) as usize);
        let range = start..start + bytes as usize;
        if !matches!(room.pages.get(page), Some(Page::Bytes(_))) {
            return self
                .page(index, page)
                .and_then(|held| held.get_mut(range))
                .ok_or(outside);
        }
        match self.rooms.get_mut(index) {
            Some(Some(Room { pages, .. })) => match &mut pages[page] {
                Page::Bytes(held) => held.get_mut(range).ok_or(outside),
                _ => Err(outside),
            },
            _ => Err(outside),
        }
    }

    /// The addresses of a program's `.global` variables. The first launch puts
    /// them there; they stay, as those of a loaded module.
    pub(super) fn load(&mut self, program: &Program) -> Result<Vec<u64>, Fault> {
        if let Some(addresses) = self.loaded.get(&program.id) {
            return Ok(addresses.clone());
        }
        let mut addresses = Vec::with_capacity(program.globals.len());
        for (_, bytes) in &program.globals {
            let address = self.alloc(bytes.len() as u64);
            self.write(address, bytes)?;
            addresses.push(address);
        }
        self.loaded.insert(program.id, addresses.clone());
        Ok(addresses)
    }

    /// Where a module-scope `.global` variable of `program` lies, once it has
    /// been launched on this memory.
    pub fn symbol(&self, program: &Program, name: &str) -> Option<u64> {
        let at = program
            .globals
            .iter()
            .position(|(global, _)| global == name)?;
        self.loaded.get(&program.id)?.get(at).copied()
    }

    /// Frees what [`launch`](super::launch) put here for `program`: its
    /// `.global` variables. A later launch makes them anew.
    pub fn unload(&mut self, program: &Program) {
        for address in self.loaded.remove(&program.id).unwrap_or_default() {
            self.free(address);
        }
    }

    /// The room and the offset of a range that is all inside one allocation.
    #[inline]
    fn inside(&self, address: u64, bytes: u64) -> Result<(usize, u64), Halt> {
        let outside = Halt::OutOfBounds {
            space: "global",
            address,
            bytes,
        };
        let (index, offset) = locate(address).ok_or(outside)?;
        match self.rooms.get(index) {
            Some(Some(room)) if offset <= room.bytes && bytes <= room.bytes - offset => {
                Ok((index, offset))
            }
            _ => Err(outside),
        }
    }

    /// A page's bytes, made now if nothing has touched it.
    #[inline]
    fn page(&mut self, index: usize, page: usize) -> Option<&mut [u8]> {
        let untouched = match self.rooms.get(index)?.as_ref()?.pages.get(page)? {
            Page::Bytes(_) => None,
            Page::Filled(byte) => Some(vec![*byte; PAGE as usize].into_boxed_slice()),
            Page::Poison => Some(self.poison(index, page)),
        };
        let held = self.rooms.get_mut(index)?.as_mut()?.pages.get_mut(page)?;
        if let Some(bytes) = untouched {
            *held = Page::Bytes(bytes);
        }
        match held {
            Page::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn poison(&self, index: usize, page: usize) -> Box<[u8]> {
        let salt = (index as u64) << 32 | page as u64;
        poisoned(self.seed ^ poison(self.seed, salt), PAGE as usize).into()
    }
}

/// `bytes` bytes of poison.
pub(super) fn poisoned(seed: u64, bytes: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.next_multiple_of(8));
    let mut word = poison(seed, 1) | 1;
    while out.len() < bytes {
        out.extend_from_slice(&word.to_le_bytes());
        word = word
            .wrapping_mul(0xd129_0d3b_2cfa_8d35)
            .wrapping_add(0x9e37_79b9_7f4a_7c15);
    }
    out.truncate(bytes);
    out
}

fn address(index: usize) -> u64 {
    BASE + ((index as u64) << ROOM) + START
}

/// The room of an address, and the distance from its allocation's start.
#[inline]
fn locate(address: u64) -> Option<(usize, u64)> {
    let from = address.checked_sub(BASE + START)?;
    Some((
        usize::try_from(from >> ROOM).ok()?,
        from & ((1 << ROOM) - 1),
    ))
}

fn host(halt: Halt) -> Fault {
    let place = Place::default();
    match halt {
        Halt::OutOfBounds {
            space,
            address,
            bytes,
        } => Fault::OutOfBounds {
            place,
            space,
            address,
            bytes,
        },
        Halt::Misaligned { address, bytes } => Fault::Misaligned {
            place,
            address,
            bytes,
        },
        _ => Fault::Undefined {
            place,
            what: "the host reached memory in a way it cannot",
        },
    }
}

/// Splits a range at pages: page, start in it, part of the buffer.
fn pieces(offset: u64, length: usize, mut each: impl FnMut(usize, usize, std::ops::Range<usize>)) {
    let mut done = 0;
    while done < length {
        let at = offset + done as u64;
        let start = (at % PAGE) as usize;
        let size = (PAGE as usize - start).min(length - done);
        each((at / PAGE) as usize, start, done..done + size);
        done += size;
    }
}
