//! The program that speaks through the desktop's speech service, by the `tts` crate. Softback starts it where that
//! voice is asked for: so Softback itself needs no library of the service, and outlives one that ends its program.
//!
//! Orders come on standard input, reports go to standard output. At the end of the orders it says stop, and ends.
//!
//! The `tts` crate has some edges, which shape this file:
//!
//! * An empty text makes the *next* call hang, a NUL aborts the process: Softback hands over neither.
//! * Callbacks run on a thread of the C library, under locks of the crate. A call from there
//!   deadlocks and a panic aborts, so a callback only puts a message into the inbox.
//! * Dropping a [`Tts`] is never safe while an event may arrive: the crate forgets its callbacks
//!   first and aborts on an event that comes then. So it is never dropped.
//! * Any call may hang. So orders are read on a thread of their own, which ends the program if need be.

use std::io::{self, BufRead, Write};
use std::mem::ManuallyDrop;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, after, unbounded};
use softback::parts::system::wire::{Order, Report, Scales, line};
use tts::{Tts, UtteranceId};

/// How long a service may take to say stop when nobody waits any more.
const PATIENCE: Duration = Duration::from_secs(2);

enum Message {
    Order(Order),
    /// From a callback: the service has said it to the end.
    Ended(UtteranceId),
    /// From a callback: the service has broken it off.
    Stopped(UtteranceId),
    /// There are no more orders.
    Quit,
}

fn main() {
    let (inbox, messages) = unbounded();
    let orders = inbox.clone();
    thread::spawn(move || read(&orders));
    match Service::open(inbox) {
        Ok(service) => {
            tell(&Report::Ready(service.scales()));
            service.work(&messages);
        }
        Err(why) => tell(&Report::Refused(why)),
    }
}

fn read(inbox: &Sender<Message>) {
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        // Whoever else starts this program, and writes something else, is not understood.
        let Ok(order) = serde_json::from_str(&line) else {
            break;
        };
        let _ = inbox.send(Message::Order(order));
    }
    let _ = inbox.send(Message::Quit);
    let _ = after(PATIENCE).recv();
    signal_hook::low_level::exit(1);
}

fn tell(report: &Report) {
    // Nobody reads it any more when Softback is gone; then the orders end, too.
    let _ = io::stdout().write_all(line(report).as_bytes());
}

struct Service {
    /// Never dropped: see the head of this file.
    tts: ManuallyDrop<Tts>,
    rate: Option<f32>,
    volume: Option<f32>,
    /// What it was asked to say and has not said to the end, by what `{:?}` prints for the service's number: the type
    /// itself has no equality on some systems.
    unfinished: Vec<(String, u64)>,
}

impl Service {
    fn open(inbox: Sender<Message>) -> Result<Self, String> {
        let tts = ManuallyDrop::new(Tts::default().map_err(|error| error.to_string())?);
        let ended = inbox.clone();
        tts.on_utterance_end(Some(Box::new(move |id| {
            drop(ended.try_send(Message::Ended(id)));
        })))
        .map_err(|_| "it does not tell when a sentence has ended")?;
        // Not every service tells this; it only spares some waiting.
        let _ = tts.on_utterance_stop(Some(Box::new(move |id| {
            drop(inbox.try_send(Message::Stopped(id)));
        })));
        Ok(Self {
            tts,
            rate: None,
            volume: None,
            unfinished: Vec::new(),
        })
    }

    fn scales(&self) -> Scales {
        Scales {
            slowest: self.tts.min_rate(),
            usual_rate: self.tts.normal_rate(),
            fastest: self.tts.max_rate(),
            silent: self.tts.min_volume(),
            full_volume: self.tts.normal_volume(),
        }
    }

    /// Carries out one message after the other.
    ///
    /// As a sentence is noted down under its number before the next message is read, its end cannot
    /// come too early, although the service may announce it before the call that gives the number has
    /// returned.
    fn work(mut self, messages: &Receiver<Message>) {
        for message in messages {
            match message {
                Message::Order(order) => tell(&match self.obey(order) {
                    Ok(()) => Report::Done,
                    Err(why) => Report::Refused(why),
                }),
                Message::Ended(id) => self.settle(id, Report::Ended),
                Message::Stopped(id) => self.settle(id, Report::Stopped),
                Message::Quit => {
                    // A sentence may have got through although it took too long.
                    let _ = self.hush();
                    return;
                }
            }
        }
    }

    fn obey(&mut self, order: Order) -> Result<(), String> {
        match order {
            Order::Say {
                ticket,
                text,
                rate,
                volume,
            } => {
                self.set_volume(volume);
                self.set_rate(rate)?;
                self.say(ticket, &text)
            }
            Order::Hush => self.hush(),
        }
    }

    fn say(&mut self, ticket: u64, text: &str) -> Result<(), String> {
        match self.tts.speak(text, false) {
            Ok(Some(id)) => {
                self.unfinished.push((format!("{id:?}"), ticket));
                Ok(())
            }
            Ok(None) => Err("it does not number its sentences".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn hush(&mut self) -> Result<(), String> {
        self.unfinished.clear();
        self.tts.stop().map(drop).map_err(|error| error.to_string())
    }

    fn set_rate(&mut self, rate: f32) -> Result<(), String> {
        if self.rate != Some(rate) {
            match self.tts.set_rate(rate) {
                // One that knows only one rate still speaks.
                Ok(_) | Err(tts::Error::UnsupportedFeature) => self.rate = Some(rate),
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(())
    }

    /// A service that knows only one volume, or does not take this one, still speaks.
    fn set_volume(&mut self, volume: Option<f32>) {
        if let Some(wanted) = volume.filter(|_| self.volume != volume) {
            let _ = self.tts.set_volume(wanted);
            self.volume = volume;
        }
    }

    /// Tells what came of a sentence, unless it was hushed.
    fn settle(&mut self, id: UtteranceId, outcome: fn(u64) -> Report) {
        let id = format!("{id:?}");
        if let Some(at) = self.unfinished.iter().position(|(known, _)| *known == id) {
            tell(&outcome(self.unfinished.remove(at).1));
        }
    }
}
