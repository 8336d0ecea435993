using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace MultiExit.Engine.Hashing;

/// <summary>A hash of a password in the PHC string format: argon2id, scrypt, or bcrypt in its own form. Immutable, and cannot be printed by accident:
/// whoever has it can try passwords off line.</summary>
public sealed class PasswordHash : IEquatable<PasswordHash>
{
    /// <summary>How many octets the salt of a new hash has.</summary>
    internal const int SaltLength = 16;

    private readonly byte[] _salt;
    private readonly byte[] _digest;

    internal PasswordHash(HashFunction function, byte[] salt, byte[] digest)
    {
        Function = function;
        _salt = salt;
        _digest = digest;
    }

    /// <summary>What it was made with.</summary>
    public PasswordAlgorithm Algorithm => Function.Algorithm;

    internal HashFunction Function { get; }

    /// <summary>Reads the text of a hash.</summary>
    /// <param name="text">The text: <c>$argon2id$v=19$m=..,t=..,p=..$salt$hash</c>, <c>$scrypt$ln=..,r=..,p=..$salt$hash</c>, or <c>$2a$</c>, <c>$2b$</c>
    /// or <c>$2y$</c> with cost, salt and hash.</param>
    /// <param name="hash">The hash.</param>
    /// <param name="fault">Which part of the text is wrong, as a sentence; salt and hash are not in it.</param>
    /// <returns>Whether it is one, with parameters that a login may cost: at most 256 MiB, and some seconds of a core.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out PasswordHash? hash, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PasswordHashText.TryParse(text, out hash, out fault);
    }

    /// <summary>Makes a hash with the parameters that OWASP recommends (Password Storage Cheat Sheet), and a random salt.</summary>
    /// <param name="password">The password, UTF-8.</param>
    /// <param name="algorithm">What to hash with.</param>
    public static PasswordHash Create(ReadOnlySpan<byte> password, PasswordAlgorithm algorithm = PasswordAlgorithm.Argon2id) =>
        Create(password, HashSettings.Default(algorithm));

    /// <summary>Makes a hash with a random salt.</summary>
    /// <param name="password">The password, UTF-8.</param>
    /// <param name="settings">The algorithm and its parameters.</param>
    /// <exception cref="ArgumentException">A parameter is out of its range, or bcrypt would not see all of the password.</exception>
    public static PasswordHash Create(ReadOnlySpan<byte> password, HashSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.FaultOf(password) is { } fault) throw new ArgumentException(fault, nameof(settings));
        HashFunction function = settings.ToFunction();
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength);
        return new(function, salt, function.Compute(password, salt, function.DigestLength));
    }

    /// <summary>A hash that no password has, with the parameters that most of the given ones have: what is computed for a user that does not
    /// exist, so that the answer takes as long as for others.</summary>
    /// <returns>Null when there are none.</returns>
    internal static PasswordHash? Decoy(IEnumerable<PasswordHash> hashes)
    {
        HashFunction? function = hashes.GroupBy(hash => hash.Function).MaxBy(group => group.Count())?.Key;
        return function is null ? null : new(function, RandomNumberGenerator.GetBytes(SaltLength), RandomNumberGenerator.GetBytes(function.DigestLength));
    }

    /// <summary>Whether it is the hash of a password. It takes as long as the parameters ask for, on the calling thread: <c>PasswordVerifier</c> is for
    /// logins.</summary>
    internal bool Matches(ReadOnlySpan<byte> password) =>
        CryptographicOperations.FixedTimeEquals(Function.Compute(password, _salt, _digest.Length), _digest);

    /// <summary>The text of the hash, for a configuration. Not for logs.</summary>
    public string Reveal() => Function.Format(_salt, _digest);

    /// <inheritdoc/>
    public bool Equals(PasswordHash? other) =>
        other is not null && Function == other.Function && _salt.AsSpan().SequenceEqual(other._salt)
        && CryptographicOperations.FixedTimeEquals(_digest, other._digest);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PasswordHash);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Function, BitConverter.ToInt32(_salt));

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}
