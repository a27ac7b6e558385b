//! What is asked in front of a loop, and which accesses need no check then.

use std::collections::BTreeMap;

use super::Shown;
use super::emitter::{Emitter, Term};
use super::lines::{Line, Lines};
use super::regions::{Region, Regions};
use super::trips::{Trips, trips};
use crate::gpu::ir::{
    Access, Binary, Code, Compare, Op, Proved, Space, Type, Unary, Value, number,
};
use crate::gpu::lower::access::{Check, end};
use crate::gpu::lower::alignment::is_aligned;

/// Addresses that one look is about.
const MOST_ADDRESSES: usize = 16;

/// Fewer iterations than this, if that is known, are not worth a look.
const FEW: i64 = 4;

/// A loop, and what is known of the function that it is in.
pub(super) struct Looks<'c> {
    pub(super) code: &'c Code,
    pub(super) regions: &'c Regions,
    pub(super) region: &'c Region,
    pub(super) zero_bits: &'c [u32],
    pub(super) checks: &'c [Vec<Check>],
    pub(super) workgroup_bytes: u32,
}

/// What a look is, and what it is good for.
pub(super) struct Found {
    /// Whether all of it holds, 0 or 1.
    pub(super) sure: Term,
    /// Writes it.
    pub(super) emitter: Emitter,
    /// What is true then.
    pub(super) proved: Shown,
}

/// Accesses at one address.
#[derive(Default)]
struct Place {
    /// How far they reach from it.
    end: u64,
    /// Whether the loop's test comes before all of them.
    is_behind: bool,
    /// Where they stand.
    accesses: Vec<(usize, usize, Access)>,
}

impl Looks<'_> {
    /// Finds out what can be asked, if anything is saved by it.
    pub(super) fn found(&self, emitter: Emitter) -> Option<Found> {
        let mut lines = Lines::new(self.code, self.regions, self.region, emitter);
        let trips = trips(self.code, self.regions, self.region, &mut lines);
        if let Some(Term::Constant(count)) = trips.map(|trips| trips.count)
            && count.cast_signed() < FEW
        {
            return None;
        }
        let mut proved = Shown::new();
        let mut sure = Term::Constant(1);
        let mut saved = 0;
        for ((_, address), place) in self.places(trips.as_ref()) {
            let Some(line) = lines.line(address) else {
                continue;
            };
            let Some(in_bounds) = self.in_bounds(&mut lines, line, &place, trips.as_ref()) else {
                continue;
            };
            if in_bounds == Term::Constant(0) {
                continue;
            }
            sure = lines.emitter.both(sure, in_bounds);
            for (block, at, access) in &place.accesses {
                let aligned = self.aligned(&mut lines, line, access);
                if let Some(aligned) = aligned {
                    sure = lines.emitter.both(sure, aligned);
                }
                let known = Proved {
                    bounds: true,
                    alignment: aligned.is_some(),
                };
                saved += usize::from(self.checks[*block][*at] != Check::Known);
                saved += usize::from(known.alignment && !is_aligned(access, self.zero_bits));
                proved.insert((*block, *at), known);
            }
        }
        (saved > 0).then_some(Found {
            sure,
            emitter: lines.emitter,
            proved,
        })
    }

    /// The loop's accesses, by memory and address.
    fn places(&self, trips: Option<&Trips>) -> BTreeMap<(bool, Value), Place> {
        let mut places: BTreeMap<(bool, Value), Place> = BTreeMap::new();
        let behind = trips.and_then(|trips| trips.behind);
        for block in &self.region.blocks[..self.region.rounds] {
            let is_behind = behind.is_some_and(|it| self.regions.tree.dominates(it, *block));
            for (at, instruction) in self.code.blocks[*block].instructions.iter().enumerate() {
                let Some(access) = instruction.op.access() else {
                    continue;
                };
                let key = (access.space == Space::Arena, access.address);
                if places.len() == MOST_ADDRESSES && !places.contains_key(&key) {
                    continue;
                }
                let place = places.entry(key).or_insert_with(|| Place {
                    is_behind: true,
                    ..Place::default()
                });
                place.end = place.end.max(end(access));
                place.is_behind &= is_behind;
                place.accesses.push((*block, at, *access));
            }
        }
        places
    }

    /// Whether all iterations stay in bounds, 0 or 1; none if that cannot be asked.
    fn in_bounds(
        &self,
        lines: &mut Lines<'_>,
        line: Line,
        place: &Place,
        trips: Option<&Trips>,
    ) -> Option<Term> {
        let (_, _, access) = place.accesses.first()?;
        let end = Term::Constant(place.end);
        let emitter = &mut lines.emitter;
        let size = self.size(emitter, access.space);
        let wide = |emitter: &mut Emitter, signed, term| {
            emitter.unary(Unary::Widen { signed }, Type::I32, Type::I64, term)
        };
        // An address up to the limit is in bounds, if there is a limit.
        let fits = emitter.compare(Compare::LeU, Type::I64, end, size);
        let limit = emitter.binary(Binary::Sub, Type::I64, size, end);
        let first = wide(emitter, false, line.first);
        let first_fits = emitter.compare(Compare::LeU, Type::I64, first, limit);
        if line.if_fixed().is_some() {
            return Some(emitter.both(fits, first_fits));
        }
        let trips = trips?;
        let last = if place.is_behind {
            // None at all touches nothing.
            let zero = Term::Constant(0);
            let one = Term::Constant(1);
            let some = emitter.compare(Compare::Ne, Type::I64, trips.count, zero);
            let less = emitter.binary(Binary::Sub, Type::I64, trips.count, one);
            emitter.select(some, Type::I64, less, zero)
        } else {
            trips.count
        };
        // At most 2^32 times less than 2^31, with a sign: it fits, and so does the sum.
        let step = wide(emitter, true, line.step);
        let way = emitter.binary(Binary::Mul, Type::I64, step, last);
        let last = emitter.binary(Binary::Add, Type::I64, first, way);
        // One below zero is above every limit.
        let last_fits = emitter.compare(Compare::LeU, Type::I64, last, limit);
        let mut holds = emitter.both(trips.holds, fits);
        let rises =
            matches!(line.step, Term::Constant(step) if number::signed(Type::I32, step) >= 0);
        if !rises {
            holds = emitter.both(holds, first_fits);
        }
        Some(emitter.both(holds, last_fits))
    }

    /// Bytes of a memory, an i64. It may be more later, and never less.
    fn size(&self, emitter: &mut Emitter, space: Space) -> Term {
        match space {
            Space::Workgroup => Term::Constant(self.workgroup_bytes.into()),
            Space::Arena => {
                let pages = emitter.op(Op::MemorySize, Type::I32);
                let widen = Unary::Widen { signed: false };
                let pages = emitter.unary(widen, Type::I32, Type::I64, pages);
                emitter.binary(Binary::Shl, Type::I64, pages, Term::Constant(16))
            }
        }
    }

    /// Whether an access is aligned in every iteration, 0 or 1; none if it is not.
    fn aligned(&self, lines: &mut Lines<'_>, line: Line, access: &Access) -> Option<Term> {
        if is_aligned(access, self.zero_bits) {
            return Some(Term::Constant(1));
        }
        let emitter = &mut lines.emitter;
        let low = Term::Constant(u64::from(access.width) - 1);
        let offset = Term::Constant(access.offset.into());
        let zero = Term::Constant(0);
        let step = emitter.binary(Binary::And, Type::I32, line.step, low);
        if matches!(step, Term::Constant(1..)) {
            return None;
        }
        let first = emitter.binary(Binary::Add, Type::I32, line.first, offset);
        let first = emitter.binary(Binary::And, Type::I32, first, low);
        let odd = emitter.binary(Binary::Or, Type::I32, first, step);
        match emitter.compare(Compare::Eq, Type::I32, odd, zero) {
            Term::Constant(0) => None,
            aligned => Some(aligned),
        }
    }
}
