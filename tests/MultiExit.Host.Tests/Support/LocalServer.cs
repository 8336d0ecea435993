using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Host.Tests.Support;

/// <summary>What the servers of other programs have in common, which tests run on loopback ports.</summary>
internal static class LocalServer
{
    /// <summary>A port that is free now; another process may take it before it is listened on.</summary>
    public static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Waits until a program takes connections.</summary>
    /// <returns>False when it has ended instead.</returns>
    public static async Task<bool> AnswersAsync(Process process, IPEndPoint endPoint)
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(20));
        while (!process.HasExited)
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync(endPoint);
                return !process.HasExited;
            }
            catch (SocketException)
            {
                await poll.WaitForNextTickAsync();
            }
        }
        return false;
    }

    /// <summary>Ends a program, and waits for its end.</summary>
    public static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit(HostProcess.Limit);
        }
        process.Dispose();
    }
}
