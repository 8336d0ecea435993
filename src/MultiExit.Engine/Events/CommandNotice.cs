using System.ComponentModel;
using System.Diagnostics;
using MultiExit.Engine.Diagnostics;

namespace MultiExit.Engine.Events;

/// <summary>Runs a command for each event. No shell reads it: the arguments are those of the configuration, and the event comes by standard input.</summary>
internal sealed class CommandNotice(string server, IReadOnlyList<string> command) : INotice
{
    private const int MaxError = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // How long the last words of a program that has ended are waited for: those that it has left behind hold its output open.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    public async Task TellAsync(string type, string body, CancellationToken cancellationToken)
    {
        using Process process = Start(type);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            Task<string> error = LastLineAsync(process.StandardError, limit.Token);
            Task output = LastLineAsync(process.StandardOutput, limit.Token); // read, so that the program never waits for it
            await GiveAsync(process.StandardInput, body, limit.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            await Task.WhenAny(Task.WhenAll(error, output), Task.Delay(LastWords, limit.Token)).ConfigureAwait(false);
            if (process.ExitCode == 0) return;
            string said = error.IsCompletedSuccessfully ? await error.ConfigureAwait(false) : "";
            throw new NoticeException($"exit code {process.ExitCode}{(said.Length > 0 ? $": {LogText.Clean(said)}" : "")}", mayPass: true);
        }
        catch (OperationCanceledException exception)
        {
            Kill(process);
            if (cancellationToken.IsCancellationRequested) throw;
            throw new NoticeException($"it had not ended after {Patience.TotalSeconds:0} s", mayPass: true, exception);
        }
        finally
        {
            await limit.CancelAsync().ConfigureAwait(false); // whoever still reads
        }
    }

    public void Dispose()
    {
        // A command that runs has its own limit.
    }

    private Process Start(string type)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1))
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["MULTIEXIT_EVENT"] = type, ["MULTIEXIT_SERVER"] = server },
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new NoticeException(exception.Message, mayPass: true, exception);
        }
    }

    // A program may end without reading.
    private static async Task GiveAsync(StreamWriter input, string body, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteLineAsync(body.AsMemory(), cancellationToken).ConfigureAwait(false);
            input.Close();
        }
        catch (IOException)
        {
            // Its exit code says whether it has succeeded.
        }
    }

    private static async Task<string> LastLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        char[] buffer = new char[1024];
        string tail = "";
        try
        {
            int length;
            while ((length = await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                tail += new string(buffer, 0, length);
                if (tail.Length > MaxError) tail = tail[^MaxError..];
            }
        }
        catch (OperationCanceledException)
        {
            // What was said until then.
        }
        return tail.Trim().Split('\n')[^1];
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It has ended.
        }
    }
}
