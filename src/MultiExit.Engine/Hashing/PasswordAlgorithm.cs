namespace MultiExit.Engine.Hashing;

/// <summary>What a password is hashed with.</summary>
public enum PasswordAlgorithm
{
    /// <summary>Argon2id, version 1.3 (RFC 9106): takes memory and time. The one to choose.</summary>
    Argon2id = 0,

    /// <summary>scrypt (RFC 7914): takes memory and time.</summary>
    Scrypt = 1,

    /// <summary>bcrypt: takes time and 4 KiB; of a password it sees 72 octets.</summary>
    Bcrypt = 2,
}
