//! What people see: text made of plain data. Not for what scripts read, which is JSON.

mod buffer;
mod reload;
mod state;
mod status;
mod table;
mod units;

pub(crate) use buffer::buffer;
pub(crate) use reload::reloaded;
pub(crate) use state::{heat_of, state};
pub(crate) use status::status;

/// Text of others, fit for a terminal: a control character may move the cursor, or rename the window.
pub(crate) fn clean(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut clean, character| {
        if character.is_control() {
            clean.extend(character.escape_default());
        } else {
            clean.push(character);
        }
        clean
    })
}

#[cfg(test)]
mod tests;
