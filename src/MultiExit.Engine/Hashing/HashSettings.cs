namespace MultiExit.Engine.Hashing;

/// <summary>What a new hash is made with. A parameter of another algorithm is a fault.</summary>
/// <param name="Algorithm">The algorithm.</param>
public sealed record HashSettings(PasswordAlgorithm Algorithm)
{
    /// <summary>argon2id: memory in KiB, 8 for each lane to 262,144 (default 19,456).</summary>
    public int? Memory { get; init; }

    /// <summary>argon2id: passes over the memory (default 2); passes times memory is at most 1 GiB.</summary>
    public int? Passes { get; init; }

    /// <summary>argon2id and scrypt: lanes, 1 to 16 (default 1).</summary>
    public int? Lanes { get; init; }

    /// <summary>scrypt: the logarithm of the cost N (default 17, which takes 128 MiB with a block size of 8). bcrypt: the logarithm of the number of
    /// rounds, 4 to 15 (default 12).</summary>
    public int? Cost { get; init; }

    /// <summary>scrypt: the block size r, 1 to 32 (default 8).</summary>
    public int? BlockSize { get; init; }

    /// <summary>The parameters that OWASP recommends.</summary>
    public static HashSettings Default(PasswordAlgorithm algorithm) => new(algorithm);

    /// <summary>Why no hash can be made so; null: it can.</summary>
    /// <param name="password">The password, UTF-8.</param>
    public string? FaultOf(ReadOnlySpan<byte> password)
    {
        if (password.Length is 0 or > 255) return "a password has 1 to 255 octets (RFC 1929)";
        if (password.Contains((byte)0)) return "a password has no NUL in it";
        if (Unused() is { } unused) return $"{unused} is no parameter of {Algorithm.ToString().ToLowerInvariant()}";
        if (Algorithm == PasswordAlgorithm.Bcrypt && password.Length > BcryptFunction.MaxPassword)
            return $"bcrypt sees {BcryptFunction.MaxPassword} octets of a password, and this one has {password.Length}; use argon2id or scrypt";
        return ToFunction().Fault;
    }

    internal HashFunction ToFunction() => Algorithm switch
    {
        PasswordAlgorithm.Argon2id => new Argon2idFunction(Memory ?? 19_456, Passes ?? 2, Lanes ?? 1),
        PasswordAlgorithm.Scrypt => new ScryptFunction(Cost ?? 17, BlockSize ?? 8, Lanes ?? 1),
        _ => new BcryptFunction("2b", Cost ?? 12),
    };

    private string? Unused() => Algorithm switch
    {
        PasswordAlgorithm.Argon2id => Cost is not null ? "cost" : BlockSize is not null ? "block size" : null,
        PasswordAlgorithm.Scrypt => Memory is not null ? "memory" : Passes is not null ? "passes" : null,
        _ => Memory is not null ? "memory" : Passes is not null ? "passes" : Lanes is not null ? "lanes" : BlockSize is not null ? "block size" : null,
    };
}
