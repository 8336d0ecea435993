using System.Globalization;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;

namespace MultiExit.Engine.Hashing;

/// <summary>scrypt (RFC 7914).</summary>
/// <param name="LogN">The logarithm of the cost N, to the base 2.</param>
/// <param name="BlockSize">The block size r; memory is 128 * N * r octets.</param>
/// <param name="Lanes">How often all of it is done, one after the other (the parallelization p).</param>
internal sealed record ScryptFunction(int LogN, int BlockSize, int Lanes) : HashFunction
{
    public const int MaxBlockSize = 32;
    public const int MaxLanes = 16;

    public override PasswordAlgorithm Algorithm => PasswordAlgorithm.Scrypt;

    private long Memory => (128L << LogN) * BlockSize / 1024;

    // RFC 7914 section 6: N is less than 2^(128 * r / 8).
    public override string? Fault =>
        BlockSize is < 1 or > MaxBlockSize ? $"the block size (r={BlockSize}) is not 1 to {MaxBlockSize}"
        : LogN is < 1 or > 24 || LogN >= 16 * BlockSize || Memory > MaxMemory
            ? $"the cost (ln={LogN}) with r={BlockSize} is no power of 2 that takes at most {MaxMemory} KiB (128 * 2^ln * r octets)"
        : Lanes is < 1 or > MaxLanes || Memory * Lanes > MaxWork
            ? $"the parallelization (p={Lanes}) is not 1 to {Math.Min(MaxLanes, MaxWork / Math.Max(Memory, 1))}, "
                + $"with ln={LogN} and r={BlockSize} the most that one login may cost"
        : null;

    public override byte[] Compute(ReadOnlySpan<byte> password, byte[] salt, int length)
    {
        byte[] copy = password.ToArray();
        try
        {
            return SCrypt.Generate(copy, salt, 1 << LogN, BlockSize, Lanes, length);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    public override string Format(byte[] salt, byte[] digest) => string.Create(
        CultureInfo.InvariantCulture, $"$scrypt$ln={LogN},r={BlockSize},p={Lanes}${PhcBase64.Encode(salt)}${PhcBase64.Encode(digest)}");
}
