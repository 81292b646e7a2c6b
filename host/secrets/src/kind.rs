//! The kinds of secret that are known. What each looks like is written where it is matched, in `forms`.

/// A kind of secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// An e-mail address: RFC 5321, RFC 5322, RFC 6531.
    Email,
    /// A payment card's number: ISO/IEC 7812.
    Card,
    /// An IPv4 address in dotted decimal form: RFC 3986, section 3.2.2.
    Ipv4,
    /// An IPv6 address: RFC 4291, section 2.2, with a zone as in RFC 4007.
    Ipv6,
    /// A telephone number: ITU-T E.164, or a common national form.
    Phone,
    /// An international bank account number: ISO 13616.
    Iban,
    /// A JSON Web Token, signed or encrypted: RFC 7519.
    Jwt,
    /// An AWS access key id, or a secret access key behind its name.
    AwsKey,
    /// The token of `Bearer` credentials: RFC 6750.
    Bearer,
}

impl Kind {
    /// All of them, in their order.
    pub const ALL: [Self; 9] = [
        Self::Email,
        Self::Card,
        Self::Ipv4,
        Self::Ipv6,
        Self::Phone,
        Self::Iban,
        Self::Jwt,
        Self::AwsKey,
        Self::Bearer,
    ];

    /// Its name, as a configuration has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Card => "card",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Phone => "phone",
            Self::Iban => "iban",
            Self::Jwt => "jwt",
            Self::AwsKey => "aws_key",
            Self::Bearer => "bearer",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its place in [`Kind::ALL`].
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}
