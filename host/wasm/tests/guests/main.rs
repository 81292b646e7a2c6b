//! Real components against the host: the window, the lies they tell, the ways they fail, and what is refused at
//! loading. The components come from `make filters`.

mod failing;
mod hostile;
mod loading;
mod services;
mod state;
mod support;
mod window;
