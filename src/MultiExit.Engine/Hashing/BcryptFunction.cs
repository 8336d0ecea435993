using System.Globalization;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;

namespace MultiExit.Engine.Hashing;

/// <summary>bcrypt, as OpenBSD and all others write it.</summary>
/// <param name="Variant">2a, 2b or 2y: three names of the same function.</param>
/// <param name="Cost">The logarithm of the number of rounds, to the base 2.</param>
internal sealed record BcryptFunction(string Variant, int Cost) : HashFunction
{
    public const int MinCost = 4;
    public const int MaxCost = 15;
    public const int SaltLength = 16;

    // The last octet of the 24 is left out, by all who write it.
    private const int Length = 23;
    
    /// <summary>How many octets of a password it sees.</summary>
    public const int MaxPassword = 72;

    public override PasswordAlgorithm Algorithm => PasswordAlgorithm.Bcrypt;

    public override int DigestLength => Length;

    public override string? Fault => Cost is < MinCost or > MaxCost
        ? $"the cost ({Cost}) is not {MinCost} to {MaxCost}: each step doubles the time, and {MaxCost} takes seconds"
        : null;

    public override byte[] Compute(ReadOnlySpan<byte> password, byte[] salt, int length)
    {
        // It is a string of C there: its NUL is a part of what is hashed, up to 72 octets. One within the password ends it elsewhere, and must not here.
        if (password.Contains((byte)0)) return [];
        byte[] text = new byte[Math.Min(password.Length + 1, MaxPassword)];
        password[..Math.Min(password.Length, MaxPassword)].CopyTo(text);
        try
        {
            return BCrypt.Generate(text, salt, Cost, addTerminator: false)[..length];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    public override string Format(byte[] salt, byte[] digest) =>
        string.Create(CultureInfo.InvariantCulture, $"${Variant}${Cost:00}${BcryptBase64.Encode(salt)}{BcryptBase64.Encode(digest)}");
}
