//! What an operator says of a bucket at a server that speaks S3. It is here also where the engine for it is not built.

use std::fmt;

/// Where the bucket is, and who we are there.
#[derive(Clone)]
pub struct Bucket {
    /// The server, scheme and host, e.g. `https://s3.example.org`; plain HTTP is for one's own machine and network.
    pub endpoint: String,
    /// The server's name of its region; many take any.
    pub region: String,
    /// The bucket, which must be there.
    pub name: String,
    /// What the names of our objects begin with; may be empty.
    pub prefix: String,
    /// The name of the access key.
    pub key_id: String,
    /// The access key.
    pub key: String,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bucket {} at {}", self.name, self.endpoint)
    }
}
