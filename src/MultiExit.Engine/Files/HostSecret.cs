using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Engine.Files;

/// <summary>A value that stays with this host across restarts and that is known nowhere else: made from machine-id(5), which itself is
/// never shown; where there is none, a random one of this process.</summary>
internal static class HostSecret
{
    private static readonly Lazy<byte[]> Made = new(Make);

    public static ReadOnlySpan<byte> Value => Made.Value;

    private static byte[] Make()
    {
        foreach (string path in (string[])["/etc/machine-id", "/var/lib/dbus/machine-id"])
        {
            try
            {
                string id = File.ReadAllText(path).Trim();
                if (id.Length > 0) return HMACSHA256.HashData("multiexit"u8, Encoding.UTF8.GetBytes(id));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The next file may exist.
            }
        }
        return RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
    }
}
