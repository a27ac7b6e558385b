//! The order in which blocks begin.

use fastrand::Rng;

/// The numbers below `count`, each once, in an order that looks random and
/// takes no memory: `start + i * stride`.
pub(in super::super) struct Order {
    count: u64,
    done: u64,
    start: u64,
    stride: u64,
}

impl Order {
    pub(in super::super) fn new(count: u64, rng: &mut Rng) -> Order {
        let mut stride = rng.u64(1..=count);
        while gcd(stride, count) != 1 {
            stride = stride % count + 1;
        }
        Order {
            count,
            done: 0,
            start: rng.u64(0..count),
            stride,
        }
    }

    pub(in super::super) fn next(&mut self) -> Option<u64> {
        if self.done == self.count {
            return None;
        }
        let at = u128::from(self.start) + u128::from(self.done) * u128::from(self.stride);
        self.done += 1;
        // Below `count`, which has 64 bits.
        Some((at % u128::from(self.count)) as u64)
    }

    /// No number comes any more; the least of those that did not.
    pub(in super::super) fn end(&mut self) -> Option<u64> {
        let done = std::mem::replace(&mut self.done, self.count);
        // When a number's turn is. No more numbers are tried than have come already.
        let inverse = inverse(self.stride, self.count);
        let turn = |number: u64| {
            let steps = u128::from(number) + u128::from(self.count - self.start);
            steps % u128::from(self.count) * u128::from(inverse) % u128::from(self.count)
        };
        (0..self.count).find(|number| turn(*number) >= u128::from(done))
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The number that times `a` is 1 modulo `count`, of which `a` has no common divisor.
fn inverse(a: u64, count: u64) -> u64 {
    let (mut old, mut rest) = (i128::from(a), i128::from(count));
    let (mut found, mut next) = (1, 0);
    while rest != 0 {
        let quotient = old / rest;
        (old, rest) = (rest, old - quotient * rest);
        (found, next) = (next, found - quotient * next);
    }
    // Below `count`, which has 64 bits.
    i128::rem_euclid(found, count.into()) as u64
}
