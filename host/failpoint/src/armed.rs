//! Dying at a point. Only where the feature is on.

use crate::{Point, VARIABLE};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

struct Order {
    point: Point,
    /// So many passes are left, the last of which is not survived.
    left: AtomicU64,
}

pub(crate) fn pass(point: Point, act: impl FnOnce()) {
    static ORDER: OnceLock<Option<Order>> = OnceLock::new();
    let order = ORDER.get_or_init(|| std::env::var(VARIABLE).ok().map(|text| Order::parse(&text)));
    let Some(order) = order.as_ref().filter(|order| order.point == point) else { return };
    if order.left.fetch_sub(1, Ordering::Relaxed) == 1 {
        act();
        // No destructor runs, no buffer is flushed: as SIGKILL, at this very instruction.
        std::process::abort();
    }
}

impl Order {
    fn parse(text: &str) -> Self {
        let parsed = text.split_once(':').and_then(|(name, pass)| {
            let point = Point::ALL.iter().find(|point| point.name() == name)?;
            let pass = pass.parse().ok().filter(|&pass| pass > 0)?;
            Some(Self { point: *point, left: AtomicU64::new(pass) })
        });
        parsed.unwrap_or_else(|| panic!("{VARIABLE}: {text:?} names no point and pass, as `output.write.before:3`"))
    }
}
