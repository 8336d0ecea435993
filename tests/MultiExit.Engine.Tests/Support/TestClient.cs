using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A peer of the test: bytes as hexadecimal text, every wait bounded.</summary>
internal sealed class TestClient(DuplexStream stream)
{
    private static readonly TimeSpan Limit = TestTransports.Patience;

    public DuplexStream Stream => stream;

    public async Task SendAsync(string hex) => await stream.WriteAsync(Convert.FromHexString(hex.Replace(" ", "")));

    public async Task SendByteByByteAsync(string hex)
    {
        foreach (byte value in Convert.FromHexString(hex.Replace(" ", ""))) await stream.WriteAsync(new[] { value });
    }

    /// <summary>Reads exactly so many bytes.</summary>
    public async Task<string> ReadAsync(int count)
    {
        byte[] buffer = new byte[count];
        await stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(Limit);
        return Convert.ToHexString(buffer);
    }

    /// <summary>Reads to the end, which must be an orderly one.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using MemoryStream all = new();
        await stream.CopyToAsync(all).WaitAsync(Limit);
        return Convert.ToHexString(all.ToArray());
    }

    /// <summary>Reads to the end; a reset is as good as one.</summary>
    public async Task<string> ReadToEndOrResetAsync()
    {
        try
        {
            return await ReadToEndAsync();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
