using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Host.Tests.Support;

/// <summary>What the servers of other programs have in common, which tests run on loopback ports.</summary>
internal static class LocalServer
{
    /// <summary>Starts a program on a free port.</summary>
    /// <param name="start">Starts it on a port.</param>
    /// <param name="of">Its process, where it listens, and what it says when it does not start.</param>
    public static async Task<T> StartAsync<T>(Func<int, T> start, Func<T, (Process Process, IPEndPoint EndPoint, Task<string> Log)> of)
        where T : IDisposable
    {
        // Another process may take a free port before the program does.
        string log = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            T server = start(OwnEndPoints.NextPort());
            (Process process, IPEndPoint endPoint, Task<string> said) = of(server);
            if (await AnswersAsync(process, endPoint).WaitAsync(HostProcess.Limit)) return server;
            log = await said;
            server.Dispose();
        }
        throw new InvalidOperationException($"{typeof(T).Name} did not start: {log}");
    }

    private const int Attempts = 5;

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
