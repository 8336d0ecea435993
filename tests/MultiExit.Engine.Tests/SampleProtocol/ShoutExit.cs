using System.Text;
using System.Threading.Channels;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.SampleProtocol;

/// <summary>Reaches nothing, and sends everything back in capitals.</summary>
internal sealed class ShoutExit(ShoutExitConfig config) : IExit
{
    public string Name => config.Name;

    public ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        DuplexPair pair = new();
        _ = ShoutAsync(pair.Right);
        return new(DialResult.Success(pair.Left, null, this));
    }

    public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) =>
        new(UdpOpenResult.Success(new Flow(config.Suffix)));

    private static async Task ShoutAsync(DuplexStream stream)
    {
        await using (stream)
        {
            byte[] buffer = new byte[1024];
            try
            {
                while (await stream.ReadAsync(buffer) is var read and > 0) await stream.WriteAsync(InCapitals(buffer.AsSpan(0, read)));
                await stream.CompleteWritesAsync(default);
            }
            catch (IOException)
            {
                // The session was cut.
            }
        }
    }

    private static byte[] InCapitals(ReadOnlySpan<byte> data) => Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(data).ToUpperInvariant());

    private sealed class Flow(string suffix) : IDatagramFlow
    {
        private readonly Channel<(Destination From, byte[] Data)> _answers = Channel.CreateBounded<(Destination, byte[])>(64);

        public ValueTask<bool> SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) =>
            new(_answers.Writer.TryWrite((destination, [.. InCapitals(datagram.Span), .. Encoding.ASCII.GetBytes(suffix)])));

        public async ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            if (!await _answers.Reader.WaitToReadAsync(cancellationToken)) throw new IOException("the flow has ended");
            if (buffer.IsEmpty || !_answers.Reader.TryRead(out (Destination From, byte[] Data) answer)) return default;
            answer.Data.CopyTo(buffer);
            return new DatagramReceived(answer.Data.Length, answer.From);
        }

        public ValueTask DisposeAsync()
        {
            _answers.Writer.TryComplete();
            return default;
        }
    }
}
