//! A connection to the sound server, in its own protocol, that asks and listens but changes nothing.
//!
//! The crate's client would bring an executor of its own for a few questions a second: only its protocol is used, on a
//! blocking socket. It believes every length that it is told, so they are looked at before.

use std::ffi::CStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use pulseaudio::protocol::{
    AuthParams, ClientInfo, Command, GetSinkInfo, MIN_VERSION, Prop, Props, ProtocolError,
    SinkInfo, SinkInputInfo, SubscriptionMask, TagStructRead, TagStructReader, read_descriptor,
    write_command_message,
};
use pulseaudio::{cookie_path_from_env, socket_path_from_env};
use rustix::event::{PollFd, PollFlags, poll};

/// The oldest form of the protocol has all that is asked here, and least in which servers differ.
const VERSION: u16 = MIN_VERSION;

/// No message of a server is longer, in bytes: some hundred streams.
const LONGEST: usize = 1 << 20;

/// A server that answers does so among the next so many messages.
const MOST_BETWEEN: usize = 1000;

/// What a server takes to answer at the most, or to go on in the middle of an answer.
const ANSWER: Duration = Duration::from_secs(2);

/// Servers want a cookie of exactly so many bytes, even where they let in whoever has the same user.
const COOKIE: usize = 256;

const NAME: &CStr = c"softback";

type Answer<T> = Result<T, ProtocolError>;

/// What a server has.
pub(super) struct Lists {
    pub(super) streams: Vec<SinkInputInfo>,
    /// Where streams go.
    pub(super) sinks: Vec<SinkInfo>,
    /// Whose they are.
    pub(super) clients: Vec<ClientInfo>,
}

pub(super) struct Link<S = UnixStream> {
    socket: S,
    /// The number of the last question.
    asked: u32,
    /// Something has changed since the lists were asked for.
    changed: bool,
}

impl Link {
    /// Reaches the server that the environment names, or the user's own.
    pub(super) fn open() -> Answer<Self> {
        let path = socket_path_from_env().ok_or(io::ErrorKind::NotFound);
        let socket = UnixStream::connect(path.map_err(io::Error::from)?)?;
        socket.set_read_timeout(Some(ANSWER))?;
        socket.set_write_timeout(Some(ANSWER))?;
        let mut link = Self::over(socket);
        link.greet()?;
        Ok(link)
    }

    /// Waits for a change for so long at the most; whether there was one.
    pub(super) fn waits_for_change(&mut self, length: Duration) -> Answer<bool> {
        if !self.changed {
            let mut waiting = [PollFd::new(&self.socket, PollFlags::IN)];
            let length = length.try_into().map_err(io::Error::other)?;
            self.changed = poll(&mut waiting, Some(&length)).map_err(io::Error::from)? > 0;
        }
        Ok(self.changed)
    }
}

impl<S: Read + Write> Link<S> {
    const fn over(socket: S) -> Self {
        Self {
            socket,
            asked: 0,
            changed: false,
        }
    }

    /// Says who we are, and that we want to know of changes.
    fn greet(&mut self) -> Answer<()> {
        self.ask(&Command::Auth(AuthParams {
            version: VERSION,
            supports_shm: false,
            supports_memfd: false,
            cookie: cookie(),
        }))?;
        let mut props = Props::new();
        props.set(Prop::ApplicationName, NAME);
        self.ask(&Command::SetClientName(props))?;
        let mask = SubscriptionMask::SINK | SubscriptionMask::SINK_INPUT | SubscriptionMask::SERVER;
        self.ask(&Command::Subscribe(mask))?;
        Ok(())
    }

    /// Asks for all of it.
    pub(super) fn lists(&mut self) -> Answer<Lists> {
        self.changed = false;
        let streams = self.ask(&Command::GetSinkInputInfoList)?;
        let sinks = self.ask(&Command::GetSinkInfoList)?;
        let clients = self.ask(&Command::GetClientInfoList)?;
        Ok(Lists {
            streams: parsed(&streams)?,
            sinks: parsed(&sinks)?,
            clients: parsed(&clients)?,
        })
    }

    /// How many channels the sink has to which streams go unless they are sent elsewhere.
    pub(super) fn channels(&mut self) -> Answer<Option<u8>> {
        let sink = self.ask(&Command::GetSinkInfo(GetSinkInfo {
            index: None,
            name: Some(c"@DEFAULT_SINK@".to_owned()),
        }))?;
        let sinks: Vec<SinkInfo> = parsed(&sink)?;
        Ok(sinks.first().map(|sink| sink.sample_spec.channels))
    }

    /// Asks, and waits for the answer.
    fn ask(&mut self, question: &Command) -> Answer<Vec<u8>> {
        self.asked = self.asked.wrapping_add(1);
        write_command_message(&mut self.socket, self.asked, question, VERSION)?;
        for _ in 0..MOST_BETWEEN {
            let message = self.receive()?;
            let mut rest = &*message;
            match Command::read_tag_prefixed(&mut rest, VERSION)? {
                (number, Command::Reply) if number == self.asked => return Ok(rest.to_vec()),
                (number, Command::Error(error)) if number == self.asked => {
                    return Err(ProtocolError::ServerError(error));
                }
                (_, Command::SubscribeEvent(_)) => self.changed = true,
                _ => {}
            }
        }
        Err(ProtocolError::Timeout)
    }

    fn receive(&mut self) -> Answer<Vec<u8>> {
        let length = read_descriptor(&mut self.socket)?.length as usize;
        if length > LONGEST {
            return Err(nonsense());
        }
        let mut message = vec![0; length];
        self.socket.read_exact(&mut message)?;
        if is_whole(&message) {
            Ok(message)
        } else {
            Err(nonsense())
        }
    }
}

fn nonsense() -> ProtocolError {
    ProtocolError::Invalid("a length that cannot be".to_owned())
}

fn parsed<T: TagStructRead>(mut list: &[u8]) -> Answer<Vec<T>> {
    let mut items = Vec::new();
    while !list.is_empty() {
        items.push(TagStructReader::new(&mut list, VERSION).read()?);
    }
    Ok(items)
}

/// Whether every value in it, by the length that it claims, ends within it.
fn is_whole(mut message: &[u8]) -> bool {
    while let Some((tag, rest)) = message.split_first() {
        let count = rest.first().map_or(0, |count| usize::from(*count));
        let length = match tag {
            b'N' | b'P' | b'f' | b'0' | b'1' => 0,
            b'B' => 1,
            b'L' | b'V' => 4,
            b'a' => 6,
            b'R' | b'T' | b'U' | b'r' => 8,
            b'm' => 1 + count,
            b'v' => 1 + 4 * count,
            b't' => match rest.iter().position(|byte| *byte == 0) {
                Some(end) => end + 1,
                None => return false,
            },
            b'x' => match rest.first_chunk() {
                Some(length) => 4 + u32::from_be_bytes(*length) as usize,
                None => return false,
            },
            _ => return false,
        };
        match rest.get(length..) {
            Some(rest) => message = rest,
            None => return false,
        }
    }
    true
}

/// The user's, or an empty one.
fn cookie() -> Vec<u8> {
    let mut cookie = Vec::new();
    if let Some(file) = cookie_path_from_env().and_then(|path| File::open(path).ok()) {
        // One that cannot be read is none.
        let _ = file.take(COOKIE as u64).read_to_end(&mut cookie);
    }
    cookie.resize(COOKIE, 0);
    cookie
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;
    use pulseaudio::protocol::{SubscriptionEvent, TagStructWrite, write_reply_message};
    use pulseaudio::protocol::{SubscriptionEventFacility, SubscriptionEventType};

    use super::*;

    /// A server that says the same whatever it is asked.
    struct Says(Cursor<Vec<u8>>);

    impl Read for Says {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }

    impl Write for Says {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn link(says: Vec<u8>) -> Link<Says> {
        Link::over(Says(Cursor::new(says)))
    }

    fn lists() -> Lists {
        let mut stream = SinkInputInfo {
            index: 4,
            name: c"playback".into(),
            sink_index: 3,
            ..SinkInputInfo::default()
        };
        stream.props.set(Prop::ApplicationProcessId, c"4711");
        stream.sample_spec.channels = 2;
        let sink = SinkInfo {
            index: 3,
            name: c"speaker".into(),
            description: Some(c"Speaker".into()),
            ..SinkInfo::default()
        };
        Lists {
            streams: vec![stream],
            sinks: vec![sink],
            clients: vec![ClientInfo::default()],
        }
    }

    fn event() -> Command {
        Command::SubscribeEvent(SubscriptionEvent {
            event_facility: SubscriptionEventFacility::Sink,
            event_type: SubscriptionEventType::Changed,
            index: Some(3),
        })
    }

    /// An event, and the answers to all questions.
    fn answers() -> Vec<u8> {
        let lists = lists();
        let mut says = Vec::new();
        write_command_message(&mut says, u32::MAX, &event(), VERSION).unwrap();
        write_reply_message(&mut says, 1, &lists.streams, VERSION).unwrap();
        write_reply_message(&mut says, 2, &lists.sinks, VERSION).unwrap();
        write_reply_message(&mut says, 3, &lists.clients, VERSION).unwrap();
        says
    }

    #[test]
    fn lists_are_read_and_changes_noticed() {
        let mut link = link(answers());
        let lists = link.lists().unwrap();
        assert_eq!((lists.streams[0].sink_index, lists.sinks[0].index), (3, 3));
        assert_eq!(lists.sinks[0].name.as_c_str(), c"speaker");
        assert_eq!(lists.clients.len(), 1);
        assert!(link.changed);
    }

    #[test]
    fn the_channels_of_the_default_sink_are_known() {
        let mut sink = lists().sinks.remove(0);
        sink.sample_spec.channels = 1;
        let mut says = Vec::new();
        write_reply_message(&mut says, 1, &sink, VERSION).unwrap();
        assert_eq!(link(says).channels().unwrap(), Some(1));
    }

    #[test]
    fn a_server_that_never_comes_to_the_point_is_left() {
        let mut says = Vec::new();
        for _ in 0..=MOST_BETWEEN {
            write_command_message(&mut says, u32::MAX, &event(), VERSION).unwrap();
        }
        assert!(matches!(link(says).lists(), Err(ProtocolError::Timeout)));
        let endless = [&u32::MAX.to_be_bytes()[..], &[0; 16]].concat();
        assert!(matches!(
            link(endless).lists(),
            Err(ProtocolError::Invalid(_))
        ));
    }

    #[test]
    fn a_length_that_leads_out_of_the_message_is_refused() {
        let mut props = Vec::new();
        let mut writer = pulseaudio::protocol::TagStructWriter::new(&mut props, VERSION);
        lists().streams[0]
            .props
            .write(&mut writer, VERSION)
            .unwrap();
        assert!(is_whole(&props));
        let blob = props.iter().position(|byte| *byte == b'x').unwrap();
        props[blob + 1] = 0x7f;
        assert!(!is_whole(&props));
        assert!(!is_whole(b"tno end"));
        assert!(!is_whole(b"x\0\0"));
        assert!(!is_whole(b"?"));
    }

    proptest! {
        #[test]
        fn nonsense_is_survived(
            bytes in prop::collection::vec(any::<u8>(), 0..300),
            places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let _ = link(bytes).lists();
            let mut answers = answers();
            for (place, byte) in places {
                let place = place.index(answers.len());
                answers[place] = byte;
            }
            let _ = link(answers).lists();
        }
    }
}
