using System.Globalization;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace MultiExit.Engine.Hashing;

/// <summary>Argon2id, version 1.3 (RFC 9106).</summary>
/// <param name="Memory">Memory in KiB.</param>
/// <param name="Passes">How often it goes over the memory.</param>
/// <param name="Lanes">Into how many parts the memory is divided. They are computed one after the other.</param>
internal sealed record Argon2idFunction(int Memory, int Passes, int Lanes) : HashFunction
{
    public const int MaxLanes = 16;

    public override PasswordAlgorithm Algorithm => PasswordAlgorithm.Argon2id;

    // RFC 9106 section 3.1: at least 8 KiB a lane.
    public override string? Fault =>
        Lanes is < 1 or > MaxLanes ? $"the lanes (p={Lanes}) are not 1 to {MaxLanes}"
        : Memory < 8 * Lanes || Memory > MaxMemory ? $"the memory (m={Memory}) is not {8 * Lanes} to {MaxMemory} KiB, 8 for each lane at least"
        : Passes < 1 || (long)Memory * Passes > MaxWork
            ? $"the passes (t={Passes}) are not 1 to {MaxWork / Memory}, with m={Memory} the most that one login may cost"
        : null;

    public override byte[] Compute(ReadOnlySpan<byte> password, byte[] salt, int length)
    {
        byte[] copy = password.ToArray();
        try
        {
            Argon2BytesGenerator generator = new();
            generator.Init(new Argon2Parameters.Builder(Argon2Parameters.Argon2id).WithVersion(Argon2Parameters.Version13)
                .WithMemoryAsKB(Memory).WithIterations(Passes).WithParallelism(Lanes).WithSalt(salt).Build());
            byte[] digest = new byte[length];
            generator.GenerateBytes(copy, digest);
            return digest;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    public override string Format(byte[] salt, byte[] digest) => string.Create(
        CultureInfo.InvariantCulture, $"$argon2id$v=19$m={Memory},t={Passes},p={Lanes}${PhcBase64.Encode(salt)}${PhcBase64.Encode(digest)}");
}
