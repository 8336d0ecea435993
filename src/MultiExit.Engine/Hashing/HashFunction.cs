namespace MultiExit.Engine.Hashing;

/// <summary>An algorithm with its parameters.</summary>
/// <remarks>The only files that name the library with the algorithms are those of the types below: it is loaded with the first hash.</remarks>
internal abstract record HashFunction
{
    /// <summary>The most memory that one hash may take, 256 MiB in KiB.</summary>
    public const int MaxMemory = 256 * 1024;

    /// <summary>The most memory times passes over it that one hash may take, 1 GiB in KiB: some seconds of a core.</summary>
    public const int MaxWork = 1024 * 1024;

    /// <summary>The algorithm.</summary>
    public abstract PasswordAlgorithm Algorithm { get; }

    /// <summary>How many octets a digest made here has.</summary>
    public virtual int DigestLength => 32;

    /// <summary>Hashes a password. It takes as long as the parameters ask for, and uses the calling thread alone.</summary>
    /// <param name="password">The password; it is not kept.</param>
    /// <param name="salt">The salt.</param>
    /// <param name="length">How many octets the digest has.</param>
    public abstract byte[] Compute(ReadOnlySpan<byte> password, byte[] salt, int length);

    /// <summary>Writes the hash as text.</summary>
    public abstract string Format(byte[] salt, byte[] digest);

    /// <summary>Why the parameters are not taken; null: they are.</summary>
    public abstract string? Fault { get; }
}
