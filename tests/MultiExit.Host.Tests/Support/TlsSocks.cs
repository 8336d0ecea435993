using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;

namespace MultiExit.Host.Tests.Support;

/// <summary>A SOCKS5 client over the TLS of OpenSSL: its s_client carries the bytes.</summary>
internal static class TlsSocks
{
    /// <summary>Offers methods, and asks for a target where one was chosen without more.</summary>
    /// <param name="proxy">The proxy.</param>
    /// <param name="target">A target that sends back what it gets.</param>
    /// <param name="methods">The methods, 0: no authentication, 2: name and password.</param>
    /// <param name="options">More arguments of s_client: <c>-cert</c>, <c>-key</c>.</param>
    /// <returns><c>ok</c>, <c>password</c> when that is asked for, or <c>refused</c>.</returns>
    public static async Task<string> TryAsync(string proxy, IPEndPoint target, byte[] methods, params string[] options)
    {
        string[] arguments = ["s_client", "-connect", proxy, "-quiet", .. options];
        using Process client = Process.Start(new ProcessStartInfo(ExternalTool.Command(ExternalTool.OpenSsl), arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        _ = client.StandardError.ReadToEndAsync();
        try
        {
            Stream input = client.StandardInput.BaseStream, output = client.StandardOutput.BaseStream;
            await input.WriteAsync((byte[])[5, (byte)methods.Length, .. methods]);
            await input.FlushAsync();
            if (await ReadAsync(output, 2) is not [5, var method] || method == 0xff) return "refused";
            if (method == 2) return "password";
            byte[] port = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)target.Port);
            await input.WriteAsync((byte[])[5, 1, 0, 1, .. target.Address.GetAddressBytes(), .. port, .. "hello"u8]);
            await input.FlushAsync();
            if (await ReadAsync(output, 10) is not [5, 0, ..]) return "refused";
            return (await ReadAsync(output, 5)).AsSpan().SequenceEqual("hello"u8) ? "ok" : "refused";
        }
        catch (IOException)
        {
            return "refused"; // it has ended
        }
        finally
        {
            if (!client.HasExited) client.Kill();
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count)
    {
        byte[] bytes = new byte[count];
        int read = await stream.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false).AsTask().WaitAsync(Curl.Limit);
        return bytes[..read];
    }
}
