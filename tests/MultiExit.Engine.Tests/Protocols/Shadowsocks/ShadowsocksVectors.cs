using System.Text;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Tests.Protocols.Shadowsocks;

/// <summary>What the vectors have in common: they were computed by other programs (Python's hashlib and cryptography, BLAKE3 in plain Python).</summary>
internal static class ShadowsocksVectors
{
    /// <summary>The time of those of SIP022.</summary>
    public static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    public static readonly Destination Address = Address80();

    /// <summary>A salt: 0, 1, 2, ...; keys begin elsewhere.</summary>
    public static byte[] Count(int length, int from = 0) => [.. Enumerable.Range(from, length).Select(i => (byte)i)];

    public static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    public static byte[] PasswordKey(ShadowsocksMethod method) => ShadowsocksKeys.FromPassword(Encoding.ASCII.GetBytes("barfoo!"), method.KeyLength());

    public static ShadowsocksCipher Cipher(ShadowsocksMethod method, byte[] key, byte[] salt)
    {
        byte[] subkey = new byte[method.KeyLength()];
        ShadowsocksKeys.DeriveSession(method, key, salt, subkey);
        return new ShadowsocksCipher(method, subkey);
    }

    private static Destination Address80() => Destination.TryParse("127.0.0.1:80", -1, out Destination? found) ? found : throw new InvalidOperationException();
}
