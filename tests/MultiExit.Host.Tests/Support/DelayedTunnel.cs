using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace MultiExit.Host.Tests.Support;

/// <summary>Two tun devices; packets sent into one come out of the other some time later, in order.</summary>
internal sealed partial class DelayedTunnel : IDisposable
{
    /// <summary>Large, so that few packets carry much.</summary>
    public const int Mtu = 9000;

    // linux/if_tun.h
    private const nuint TunSetIff = 0x400454ca;
    private const short IffTun = 1, IffNoPi = 0x1000;

    private readonly FileStream _near;
    private readonly FileStream _far;

    public DelayedTunnel(TimeSpan delay)
    {
        // A device's name has 15 characters at most.
        string name = string.Create(CultureInfo.InvariantCulture, $"mx{Environment.ProcessId}");
        (NearName, FarName) = (name + "n", name + "f");
        _near = Open(NearName);
        _far = Open(FarName);
        Carry(_near, _far, delay);
        Carry(_far, _near, delay);
    }

    public string NearName { get; }

    public string FarName { get; }

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
    }

    private static FileStream Open(string name)
    {
        SafeFileHandle handle = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        byte[] request = new byte[40]; // struct ifreq
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(16), (short)(IffTun | IffNoPi));
        if (IoControl(handle, TunSetIff, request) != 0) throw new Win32Exception();
        return new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0);
    }

    private static void Carry(FileStream from, FileStream to, TimeSpan delay)
    {
        Channel<(byte[] Packet, long Due)> under = Channel.CreateUnbounded<(byte[], long)>(new() { SingleReader = true, SingleWriter = true });
        long ticks = (long)(delay.TotalSeconds * Stopwatch.Frequency);
        new Thread(() => Read(from, under.Writer, ticks)) { IsBackground = true }.Start();
        new Thread(() => Write(to, under.Reader)) { IsBackground = true }.Start();
    }

    private static void Read(FileStream from, ChannelWriter<(byte[] Packet, long Due)> under, long delay)
    {
        byte[] buffer = new byte[Mtu];
        try
        {
            while (true)
            {
                int length = from.Read(buffer);
                under.TryWrite((buffer.AsSpan(0, length).ToArray(), Stopwatch.GetTimestamp() + delay));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            under.TryComplete(); // The device was deleted.
        }
    }

    private static void Write(FileStream to, ChannelReader<(byte[] Packet, long Due)> under)
    {
        while (under.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (under.TryRead(out (byte[] Packet, long Due) item))
            {
                TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), item.Due);
                if (left > TimeSpan.Zero) Thread.Sleep((int)Math.Ceiling(left.TotalMilliseconds)); // never early
                try
                {
                    to.Write(item.Packet);
                }
                catch (Exception exception) when (exception is IOException or ObjectDisposedException)
                {
                    // Down, or deleted: the packet is lost, as on any link.
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(SafeFileHandle handle, nuint request, byte[] argument);
}
