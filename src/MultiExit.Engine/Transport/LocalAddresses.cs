using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace MultiExit.Engine.Transport;

/// <summary>The addresses at which this host itself answers: those of its interfaces, and those that a local route gives it. Thread-safe.</summary>
/// <remarks>The system is asked, which knows local routes of whole prefixes too: a packet to an address of this host leaves from that
/// address. Nothing is sent.</remarks>
internal sealed class LocalAddresses(TimeProvider time)
{
    /// <summary>How long an answer holds: a new address of this host is known after this time at the latest.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private const int Capacity = 4096;
    private const int AnyPort = 9;
    private const string NonLocalBind = "/proc/sys/net/ipv4/ip_nonlocal_bind";
    private readonly ConcurrentDictionary<IPAddress, (bool IsLocal, long Taken)> _answers = new();

    /// <summary>The instance of the process.</summary>
    public static LocalAddresses System { get; } = new(TimeProvider.System);

    /// <summary>Whether packets to the address stay on this host.</summary>
    public bool Contains(IPAddress address)
    {
        if (_answers.TryGetValue(address, out (bool IsLocal, long Taken) known) && time.GetElapsedTime(known.Taken) < Lifetime) return known.IsLocal;
        if (_answers.Count >= Capacity) _answers.Clear();
        bool isLocal = Ask(address);
        _answers[address] = (isLocal, time.GetTimestamp());
        return isLocal;
    }

    // Packets to a second IPv4 address of a network of this host leave from the first one.
    private static bool IsAnother(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork && !address.Equals(IPAddress.Any);

    private static bool CanBind(IPAddress address)
    {
        // Where a program may bind to every address, only the interfaces can tell.
        if (OperatingSystem.IsLinux() && File.Exists(NonLocalBind) && File.ReadAllText(NonLocalBind).StartsWith('1'))
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(device => device.GetIPProperties().UnicastAddresses).Any(own => own.Address.Equals(address));
        }
        try
        {
            using Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool Ask(IPAddress address)
    {
        try
        {
            using Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(new IPEndPoint(address, AnyPort));
            IPAddress source = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return source.Equals(address) || (IsAnother(address) && CanBind(address));
        }
        catch (Exception exception) when (exception is SocketException or NetworkInformationException or IOException)
        {
            // No route leads there, or no descriptor is left: then the dial fails as well.
            return false;
        }
    }
}
