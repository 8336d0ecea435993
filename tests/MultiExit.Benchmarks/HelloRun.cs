using System.Diagnostics;
using System.Globalization;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Benchmarks;

/// <summary>What a hello costs a tunnel server that has so many keys: <c>hello KEYS</c>. Processor time, so that other programs do not count.</summary>
internal static class HelloRun
{
    public static void Run(int keys)
    {
        TunnelPsk[] psks = [.. Enumerable.Range(0, keys).Select(KeyOf)];
        TunnelKeySet set = new(psks);
        byte[] message = new byte[TunnelHandshake.Length];
        TunnelHandshake.WriteClient(message, psks[^1], TunnelHello.OfClient(TunnelMethod.Aes256Gcm, TunnelFlags.None, 7, DateTimeOffset.UnixEpoch));
        int rounds = Math.Max(1, 400_000 / keys);
        for (int round = 0; round < 3; round++)
        {
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            for (int i = 0; i < rounds; i++)
                if (TunnelHandshake.ReadClient(message, set, 0, out _, out int key) != TunnelHandshakeStatus.Ok || key != keys - 1)
                    throw new InvalidOperationException("the hello was not taken for what it is");
            double each = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds / rounds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{keys} keys: {each:0.0000} ms a hello, {each / keys * 1e6:0} ns a key"));
        }
    }

    private static TunnelPsk KeyOf(int index) =>
        TunnelPsk.TryCreate(BitConverter.GetBytes(index), out TunnelPsk? psk) ? psk : throw new InvalidOperationException("no key");
}
