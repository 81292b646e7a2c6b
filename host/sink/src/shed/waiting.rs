//! A delivery that is on its way into the store, record by record. Holds the lane's ring.

use logagent_component::Delivery;
use logagent_record::{Descriptor, Severities};

pub(super) struct Waiting {
    delivery: Delivery,
    shed: Severities,
    /// The first record that is not in the store, of those that are kept; the count of all where there is none.
    next: usize,
}

impl Waiting {
    pub(super) fn new(delivery: Delivery, shed: Severities) -> Self {
        let mut waiting = Self { delivery, shed, next: 0 };
        waiting.skip_to(0);
        waiting
    }

    pub(super) fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// The records that are not in the store and are kept, each with its index.
    pub(super) fn kept(&self) -> impl Iterator<Item = (usize, &Descriptor)> + Clone {
        let records = self.delivery.descriptors().iter().enumerate().skip(self.next);
        records.filter(|(_, record)| !self.shed.contains(record.severity))
    }

    /// All records before this index are in the store.
    pub(super) fn skip_to(&mut self, index: usize) {
        self.next = index;
        let next = self.kept().next().map(|(index, _)| index);
        self.next = next.unwrap_or(self.delivery.records());
    }

    /// The next record as it lies in the lane's ring, and the index behind it.
    pub(super) fn alone(&self) -> Option<(Delivery, usize)> {
        let (index, record) = self.kept().next()?;
        let Delivery { span, table, read_at, observed_unix_nano, streams, .. } = &self.delivery;
        let at = table.start + index * Descriptor::BYTES;
        let bytes = u64::from(record.body_len) + 1;
        let (span, table, streams) = (span.clone(), at..at + Descriptor::BYTES, streams.clone());
        let (read_at, observed_unix_nano) = (*read_at, *observed_unix_nano);
        Some((Delivery { span, table, bytes, read_at, observed_unix_nano, streams }, index + 1))
    }

    pub(super) fn is_over(&self) -> bool {
        self.next == self.delivery.records()
    }

    pub(super) fn confirm(self) {
        self.delivery.confirm();
    }
}
