//! Which records are shed, from how full the buffer is. Pure; knows nothing of where records lie.
//!
//! A sink is behind once its buffer is filled above a share, and has caught up below half of that: a level between the two
//! changes nothing, so that no level makes it flap. Where even what is kept has no room, it waits, or all is shed until a
//! quarter is free; what has priority gets that quarter.

use logagent_record::Severities;

/// What is shed, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShedPolicy {
    /// What is shed once the sink is behind.
    pub severities: Severities,
    /// The share of the buffer above which it is, above 0, at most 1: then it is behind only where a
    /// batch finds no room.
    pub above: f64,
    /// What becomes of the rest where the buffer is full.
    pub brimful: Brimful,
}

/// What becomes of records that are not to be shed, and for which there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brimful {
    /// They wait in the lane's ring, which fills: the pipeline's other sinks wait, too.
    Wait,
    /// They are shed all the same.
    Shed,
}

/// How full a buffer is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fill {
    pub(super) held: usize,
    pub(super) capacity: usize,
}

/// How far a sink is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// It takes all.
    Calm,
    /// It sheds by severity.
    Behind,
    /// It sheds all.
    Full,
}

/// A sink that caught up by less would be behind again with the next burst.
const CAUGHT_UP: f64 = 0.5;

/// A full buffer takes records again once no more than this share is held: many at a time, not one for each that goes.
const NOT_FULL: f64 = 0.75;

pub(super) struct Pressure {
    policy: ShedPolicy,
    level: Level,
}

impl Fill {
    fn is_above(self, share: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "a buffer has less than 2^52 bytes")]
        let (held, capacity) = (self.held as f64, self.capacity as f64);
        held > capacity * share
    }
}

impl Pressure {
    pub(super) fn new(policy: ShedPolicy) -> Self {
        Self { policy, level: Level::Calm }
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    /// What is shed of the next records. `fits` says whether there is room for them without these severities.
    pub(super) fn decide(
        &mut self,
        fill: Fill,
        is_high_priority: bool,
        fits: impl Fn(Severities) -> bool,
    ) -> Severities {
        self.follow(fill);
        if self.level == Level::Calm {
            if fits(Severities::NONE) {
                return Severities::NONE;
            }
            self.level = Level::Behind;
        }
        let of_little = self.policy.severities;
        match (self.policy.brimful, self.level) {
            (Brimful::Wait, _) if is_high_priority => Severities::NONE,
            (Brimful::Wait, _) => of_little,
            (Brimful::Shed, _) if is_high_priority && fits(Severities::NONE) => Severities::NONE,
            (Brimful::Shed, Level::Behind) if fits(of_little) => of_little,
            (Brimful::Shed, Level::Full) if is_high_priority && fits(of_little) => of_little,
            (Brimful::Shed, _) => {
                self.level = Level::Full;
                Severities::ALL
            }
        }
    }

    /// Goes up and down with the fill alone; up to full only where something has no room.
    pub(super) fn follow(&mut self, fill: Fill) {
        if self.level == Level::Full && !fill.is_above(NOT_FULL) {
            self.level = Level::Behind;
        }
        self.level = match self.level {
            Level::Calm if fill.is_above(self.policy.above) => Level::Behind,
            Level::Behind if !fill.is_above(self.policy.above * CAUGHT_UP) => Level::Calm,
            level => level,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logagent_record::Severity;

    const LITTLE: Severities = Severities::below(Severity(13));
    const NONE: Severities = Severities::NONE;
    const ALL: Severities = Severities::ALL;

    fn pressure(brimful: Brimful) -> Pressure {
        Pressure::new(ShedPolicy { severities: LITTLE, above: 0.5, brimful })
    }

    fn at(held: usize) -> Fill {
        Fill { held, capacity: 100 }
    }

    #[test]
    fn a_level_between_the_two_marks_changes_nothing() {
        let mut pressure = pressure(Brimful::Wait);
        let steps =
            [(0, NONE), (50, NONE), (51, LITTLE), (30, LITTLE), (26, LITTLE), (25, NONE), (50, NONE), (51, LITTLE)];
        for (held, shed) in steps {
            assert_eq!(pressure.decide(at(held), false, |_| true), shed, "at {held}");
        }
    }

    #[test]
    fn records_without_room_put_a_calm_sink_behind() {
        let mut pressure = pressure(Brimful::Wait);
        assert_eq!(pressure.decide(at(40), false, |shed| shed != NONE), LITTLE);
        assert_eq!(pressure.level(), Level::Behind);
    }

    #[test]
    fn what_is_kept_waits_where_the_buffer_is_full_and_nothing_more_is_shed() {
        let mut pressure = pressure(Brimful::Wait);
        assert_eq!(pressure.decide(at(100), false, |_| false), LITTLE);
        assert_eq!(pressure.decide(at(100), true, |_| false), NONE);
        assert_eq!(pressure.level(), Level::Behind);
    }

    #[test]
    fn a_full_buffer_sheds_all_until_a_quarter_is_free() {
        let mut pressure = pressure(Brimful::Shed);
        assert_eq!(pressure.decide(at(95), false, |_| true), LITTLE);
        assert_eq!(pressure.decide(at(95), false, |_| false), ALL);
        for (held, shed) in [(90, ALL), (76, ALL), (75, LITTLE), (95, LITTLE), (25, NONE)] {
            assert_eq!(pressure.decide(at(held), false, |_| true), shed, "at {held}");
        }
    }

    #[test]
    fn a_full_buffer_that_empties_at_once_is_calm() {
        let mut pressure = pressure(Brimful::Shed);
        assert_eq!(pressure.decide(at(100), false, |_| false), ALL);
        assert_eq!(pressure.decide(at(0), false, |_| true), NONE);
        assert_eq!(pressure.level(), Level::Calm);
    }

    #[test]
    fn what_has_priority_is_shed_only_where_it_has_no_room() {
        let mut pressure = pressure(Brimful::Shed);
        assert_eq!(pressure.decide(at(60), true, |_| true), NONE);
        assert_eq!(pressure.decide(at(60), false, |_| true), LITTLE);
        assert_eq!(pressure.decide(at(99), false, |_| false), ALL);
        // Room that comes free is its own, before the others are let in again.
        assert_eq!(pressure.decide(at(90), false, |_| true), ALL);
        assert_eq!(pressure.decide(at(90), true, |_| true), NONE);
        assert_eq!(pressure.decide(at(90), true, |shed| shed != NONE), LITTLE);
        assert_eq!(pressure.decide(at(90), true, |_| false), ALL);
    }
}
