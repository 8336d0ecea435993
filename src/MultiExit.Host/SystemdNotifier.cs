using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MultiExit.Host;

/// <summary>Reports the state of the service to systemd: sd_notify(3). Silent when nothing listens.</summary>
internal sealed class SystemdNotifier : IDisposable
{
    private readonly Socket? _socket;
    private volatile bool _isLeft;

    /// <param name="address">A path, or <c>@name</c> for the abstract namespace; null or empty: nothing listens.</param>
    public SystemdNotifier(string? address)
    {
        if (string.IsNullOrEmpty(address)) return;

        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
            _socket = socket;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            // As sd_notify does: a notification that cannot be sent must not stop the service.
            socket.Dispose();
        }
    }

    public static SystemdNotifier FromEnvironment() => new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    public void Reloading()
    {
        // CLOCK_MONOTONIC in microseconds, which Type=notify-reload requires; Stopwatch reads that clock on Linux.
        long microseconds = (long)(Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency));
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}"));
    }

    public void Stopping() => Send("STOPPING=1");

    /// <summary>Another process is the service from here on, and reports its state itself.</summary>
    public void MainProcess(int id)
    {
        Send(string.Create(CultureInfo.InvariantCulture, $"MAINPID={id}"));
        _isLeft = true;
    }

    public void Dispose() => _socket?.Dispose();

    private void Send(string message)
    {
        if (_isLeft) return;
        try
        {
            _socket?.Send(Encoding.UTF8.GetBytes(message));
        }
        catch (SocketException)
        {
            // See the constructor.
        }
    }
}
