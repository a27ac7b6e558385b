//! Which bytes of an arena are taken.

use std::collections::BTreeMap;

/// What blocks begin at a multiple of, in bytes: as `cudaMalloc` promises it (CUDA
/// C++ Programming Guide, "Device Memory Accesses"). The first block begins there too,
/// so that no buffer is a null pointer.
pub(super) const ALIGNMENT: u64 = 256;

/// Ranges of an arena, taken and free: the first that is large enough is taken.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// The lengths of what is free, by where it begins. No two touch.
    free: BTreeMap<u64, u64>,
    /// What is taken, by where it begins.
    taken: BTreeMap<u64, Taken>,
    /// Up to here bytes are free or taken.
    end: u64,
    /// Bytes at the beginning that belong to a module.
    resident: u64,
}

/// A block that is taken.
#[derive(Clone, Copy, Debug)]
struct Taken {
    /// How long it was asked to be.
    bytes: u64,
    of: For,
}

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    /// The guest: it asks for it and gives it back.
    Guest,
    /// A launch, which gives it back when it has ended.
    Launch,
}

impl Blocks {
    /// How many buffers are taken.
    pub(super) fn buffers(&self) -> usize {
        let taken = self.taken.values();
        taken.filter(|taken| taken.of == For::Guest).count()
    }

    /// How many bytes a buffer has that begins there.
    pub(super) fn length(&self, offset: u64) -> Option<u64> {
        let taken = self.taken.get(&offset);
        let taken = taken.filter(|taken| taken.of == For::Guest);
        taken.map(|taken| taken.bytes)
    }

    /// Takes so many bytes, if there are as many in one piece.
    pub(super) fn take(&mut self, bytes: u64, of: For) -> Option<u64> {
        let wanted = size(bytes)?;
        let mut free = self.free.iter();
        let (offset, length) = free.find(|(_, length)| **length >= wanted)?;
        let (offset, length) = (*offset, *length);
        self.free.remove(&offset);
        if length > wanted {
            self.free.insert(offset + wanted, length - wanted);
        }
        self.taken.insert(offset, Taken { bytes, of });
        Some(offset)
    }

    /// Gives a block back.
    pub(super) fn give(&mut self, offset: u64) {
        if let Some(Taken { bytes, .. }) = self.taken.remove(&offset) {
            // It was rounded so when it was taken.
            self.add(offset, size(bytes).unwrap_or(0));
        }
    }

    /// The arena ends here now.
    pub(super) fn reach(&mut self, end: u64) {
        let begin = self.end.max(ALIGNMENT);
        if end > begin {
            self.add(begin, end - begin);
            self.end = end;
        }
    }

    /// Where the arena must end for a block of so many bytes to fit.
    pub(super) fn wanted_end(&self, bytes: u64) -> Option<u64> {
        let last = self.free.last_key_value();
        let begin = match last {
            Some((offset, length)) if offset + length == self.end => *offset,
            _ => self.end.max(ALIGNMENT),
        };
        begin.checked_add(size(bytes)?)
    }

    /// Gives the first so many bytes to a module, which knows them by number; or says
    /// who has some of them.
    pub(super) fn settle(&mut self, end: u64) -> Result<(), &'static str> {
        if self.resident > 0 {
            return Err("another module's are");
        }
        if self.taken.range(..end).next().is_some() {
            return Err("a buffer is");
        }
        self.resident = end;
        let end = end.next_multiple_of(ALIGNMENT);
        let below: Vec<u64> = self.free.range(..end).map(|(offset, _)| *offset).collect();
        for offset in below {
            if let Some(length) = self.free.remove(&offset)
                && offset + length > end
            {
                self.free.insert(end, offset + length - end);
            }
        }
        Ok(())
    }

    fn add(&mut self, mut offset: u64, mut length: u64) {
        if let Some((before, size)) = self.free.range(..offset).next_back()
            && before + size == offset
        {
            offset = *before;
            length += size;
        }
        if let Some(size) = self.free.remove(&(offset + length)) {
            length += size;
        }
        self.free.insert(offset, length);
    }
}

/// Bytes that a block takes: every one takes some, so that each has its own place.
fn size(bytes: u64) -> Option<u64> {
    bytes.max(1).checked_next_multiple_of(ALIGNMENT)
}
