//! Writing on the lane's own thread, for destinations that don't make it wait: regular files.

use crate::held::Outlet;
use crate::output::failed;
use crate::pen::Pen;
use logagent_component::{Delivery, SinkError};
use std::fs::File;

pub(crate) struct Inline {
    pub(crate) pen: Pen<File>,
}

impl Outlet for Inline {
    fn send(&mut self, deliveries: &mut Vec<Delivery>) -> Result<(), SinkError> {
        self.pen.write(deliveries).map_err(failed(self.pen.target(), "write"))
    }
}
