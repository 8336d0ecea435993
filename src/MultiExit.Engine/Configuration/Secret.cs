using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Hashing;

namespace MultiExit.Engine.Configuration;

/// <summary>A secret value that cannot be printed by accident: it has no public text, and <see cref="ToString"/> masks it.</summary>
public sealed class Secret : IEquatable<Secret>
{
    private readonly byte[] _value;

    /// <summary>A secret from text (UTF-8).</summary>
    public Secret(string text) => _value = Encoding.UTF8.GetBytes(text);

    /// <summary>A secret from bytes; they are copied.</summary>
    public Secret(ReadOnlySpan<byte> value) => _value = value.ToArray();

    /// <summary>The length in bytes.</summary>
    public int Length => _value.Length;

    /// <summary>A random secret that is known nowhere else.</summary>
    public static Secret Random() => new(RandomNumberGenerator.GetBytes(32));

    /// <summary>Compares in constant time; the time does not depend on the lengths either.</summary>
    public bool Matches(ReadOnlySpan<byte> candidate)
    {
        Span<byte> mine = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> theirs = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_value, mine);
        SHA256.HashData(candidate, theirs);
        return CryptographicOperations.FixedTimeEquals(mine, theirs);
    }

    /// <summary>Why no hash can be made of it; null: one can.</summary>
    public string? WhyNoHash(HashSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.FaultOf(_value);
    }

    /// <summary>Makes a hash of it, with a random salt.</summary>
    /// <exception cref="ArgumentException">See <see cref="WhyNoHash"/>.</exception>
    public PasswordHash Hash(HashSettings settings) => PasswordHash.Create(_value, settings);

    /// <summary>The bytes, for putting them on the wire or into a key derivation. Not for logs.</summary>
    internal ReadOnlySpan<byte> Reveal() => _value;

    /// <inheritdoc/>
    public bool Equals(Secret? other) => other is not null && Matches(other._value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.Length;

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}
