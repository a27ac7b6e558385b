//! Where new memory comes to lie, the same in two processes.
//!
//! Making an instance maps some gigabytes and unmaps them. The kernel then walks
//! those tables of pages that exist, from the first page of the mapping to its
//! last, and how many of their entries that is depends on where in its gibibyte
//! the mapping begins: 13 to 27 us, measured over 82 processes, each of which
//! stays with its own. So the mapping is moved before every turn, to the same
//! places in the same order in every process, and the turns of both builds are
//! about the same place.

/// Moves what is mapped next.
#[derive(Debug, Default)]
pub(super) struct Alignment {
    turn: u32,
    #[cfg(unix)]
    padding: Option<memmap2::MmapMut>,
}

#[cfg(unix)]
impl Alignment {
    /// What one table of the third level maps on x86-64 and, with pages of 4 KiB,
    /// on aarch64.
    const SPAN: usize = 1 << 30;

    /// As large as what is mapped for an instance or larger, so that it does not
    /// fit into a gap that an instance would not fit into.
    const PROBE: usize = 16 << 30;

    /// Moves on to the place of the next turn. Where that cannot be done, memory
    /// stays where it is: a measurement is then noisier, and none the worse.
    pub(super) fn next(&mut self) {
        let wanted = self.wanted();
        self.turn = self.turn.wrapping_add(1);
        self.padding = None;
        let Some(top) = top() else { return };
        // The kernel goes down from the top.
        let padding = (top.wrapping_sub(wanted)) % Alignment::SPAN;
        if padding > 0 {
            self.padding = reserve(padding);
        }
    }

    /// Where in its gibibyte the mapping is to end: spread evenly, however many
    /// turns there are, by steps of the golden ratio.
    fn wanted(&self) -> usize {
        // Linux begins large mappings at multiples of a huge page.
        const HUGE_PAGE: usize = 2 << 20;
        let step = self.turn.wrapping_mul(0x9e37_79b9);
        (step as usize >> 2) / HUGE_PAGE * HUGE_PAGE
    }
}

/// The end of what would be mapped now.
#[cfg(unix)]
fn top() -> Option<usize> {
    let probe = reserve(Alignment::PROBE)?;
    Some(probe.as_ptr() as usize + Alignment::PROBE)
}

/// Addresses that nothing else gets, and no memory.
#[cfg(unix)]
fn reserve(bytes: usize) -> Option<memmap2::MmapMut> {
    let mut options = memmap2::MmapOptions::new();
    options.len(bytes).no_reserve_swap().map_anon().ok()
}

#[cfg(not(unix))]
impl Alignment {
    /// Does nothing here.
    pub(super) fn next(&mut self) {
        self.turn = self.turn.wrapping_add(1);
    }
}

#[cfg(all(test, target_os = "linux", target_pointer_width = "64"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_mapped_next_ends_where_the_turn_says() {
        let mut alignment = Alignment::default();
        let mut places = Vec::new();
        for _ in 0..50 {
            let wanted = alignment.wanted();
            alignment.next();
            let found = top().expect("addresses are left") % Alignment::SPAN;
            places.push((wanted, found));
        }
        // Other tests map at the same time and may get between.
        let kept = places.iter().filter(|(wanted, found)| wanted == found);
        assert!(kept.count() > 25, "{places:x?}");
        let upper = places
            .iter()
            .filter(|(wanted, _)| *wanted > Alignment::SPAN / 2);
        assert!((20..30).contains(&upper.count()), "{places:x?}");
    }
}
