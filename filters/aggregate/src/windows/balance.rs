//! How many of a window's records are in the state yet, as all lanes together have added and taken them out. What is left
//! when all groups were emitted was lost with groups that were evicted. Balances may be evicted as well; each lane remembers
//! what it has seen of them.

use logagent_sdk::Failure;
use logagent_sdk::state::Table;

use crate::memory::LIFETIME;

/// The records of windows, by the window's start.
#[derive(Debug)]
pub(super) struct Balances(Table<i64>);

/// What one lane knows of a window's balance.
#[derive(Debug, Default)]
pub(super) struct Share {
    /// As it was when this lane has last told the others what it has done.
    seen: i64,
    /// Records that it has added since, less those that it has taken out.
    untold: i64,
    /// Whether the state had forgotten what this lane has seen.
    pub(super) was_evicted: bool,
}

impl Share {
    pub(super) fn add(&mut self, records: u64) {
        self.untold = self.untold.saturating_add_unsigned(records);
    }

    pub(super) fn take(&mut self, records: u64) {
        self.untold = self.untold.saturating_sub_unsigned(records);
    }

    /// The balance, where the state has `known`. While nothing is taken out it only grows: if the state's is less, it was
    /// evicted, and has begun anew.
    fn balance(&self, known: Option<i64>, is_open: bool) -> i64 {
        let known = known.unwrap_or(self.seen);
        let known = if is_open { known.max(self.seen) } else { known };
        known.saturating_add(self.untold)
    }
}

impl Balances {
    pub(super) fn new(fingerprint: &str) -> Self {
        Self(Table::new(&format!("balances-{fingerprint}")).expiring(LIFETIME))
    }

    /// Of each window its start, whether it is open, and the lane's share.
    pub(super) fn tell<'s>(&self, windows: impl Iterator<Item = (u64, bool, &'s mut Share)>) -> Result<(), Failure> {
        let (mut starts, mut shares) = (Vec::new(), Vec::new());
        for (start, is_open, share) in windows.filter(|(_, _, share)| share.untold != 0) {
            starts.push(start.to_be_bytes());
            shares.push((share, is_open));
        }
        let mut was_evicted = vec![false; starts.len()];
        let mut balances = vec![0; starts.len()];
        self.0.update(&starts, |index, known| {
            let (share, is_open) = &shares[index];
            was_evicted[index] = *is_open && known.unwrap_or(0) < share.seen;
            balances[index] = share.balance(known, *is_open);
            // Where another lane has closed the window, what comes after that is nobody's.
            (*is_open || known.is_some()).then_some(balances[index])
        })?;
        for (((share, _), seen), was_evicted) in shares.into_iter().zip(balances).zip(was_evicted) {
            *share = Share { seen, untold: 0, was_evicted: share.was_evicted || was_evicted };
        }
        Ok(())
    }

    /// Takes the balance of each window out; it is what this lane has seen of it where the state has none.
    pub(super) fn take<'s>(&self, windows: impl Iterator<Item = (u64, &'s Share)>) -> Vec<i64> {
        let (starts, shares): (Vec<_>, Vec<_>) = windows.map(|(start, share)| (start.to_be_bytes(), share)).unzip();
        let left = self.0.take(starts);
        shares.into_iter().zip(left).map(|(share, left)| share.balance(left, false)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_that_has_seen_a_balance_makes_up_for_its_eviction() {
        logagent_sdk::testing::once(["a"], |_, _| {
            let balances = Balances::new("test");
            let [mut first, mut second] = [(); 2].map(|()| Share::default());
            let tell = |share: &mut Share, is_open| balances.tell(std::iter::once((7, is_open, share))).unwrap();
            for _ in 0..2 {
                first.add(100);
                tell(&mut first, true);
                second.add(50);
                tell(&mut second, true);
            }
            balances.0.take([7_u64.to_be_bytes()]);
            second.add(1);
            tell(&mut second, true);
            first.take(250);
            tell(&mut first, false);
            assert_eq!(balances.take(std::iter::once((7, &first))), [51]);
        });
    }
}
