using System.ComponentModel;
using System.Diagnostics;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Remote;

/// <summary>A running ssh client with a control link on its standard streams.</summary>
internal sealed class SshProcess : IDisposable
{
    // What a login shell prints before the program begins.
    private const int MaxNoise = 64 * 1024;

    /// <summary>How long what it wrote is read after its end.</summary>
    public static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly LastLines _errors;
    private readonly Task _errorsRead;
    private int _isEnded;

    private SshProcess(Process process)
    {
        _process = process;
        _errors = new LastLines(process.StandardError);
        _errorsRead = _errors.ReadAsync();
    }

    /// <summary>The stream to the far side.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>The stream from the far side.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Whether it runs no more; what it wrote may not have been read to its end.</summary>
    public bool HasExited
    {
        get
        {
            try
            {
                return Volatile.Read(ref _isEnded) != 0 || _process.HasExited;
            }
            catch (InvalidOperationException)
            {
                // It was ended here at the same time.
                return true;
            }
        }
    }

    /// <summary>Starts ssh, and returns once the far side speaks the link.</summary>
    /// <exception cref="ProxyException">There is no ssh, or it ended; the message says why.</exception>
    public static async Task<SshProcess> StartAsync(SshTarget target, CancellationToken cancellationToken)
    {
        SshProcess ssh = new(Start(target));
        try
        {
            try
            {
                await ssh.Input.WriteAsync(ControlLink.Preface.ToArray(), cancellationToken).ConfigureAwait(false);
                await ssh.Input.FlushAsync(cancellationToken).ConfigureAwait(false);
                if (await ssh.FindPrefaceAsync(cancellationToken).ConfigureAwait(false)) return ssh;
            }
            catch (IOException)
            {
                // It has ended, and says why.
            }
            throw new ProxyException(ProxyError.ControlUnreachable, $"{target.Host}: {await ssh.ReasonAsync().ConfigureAwait(false)}");
        }
        catch
        {
            ssh.Dispose();
            throw;
        }
    }

    /// <summary>Why it ended, with its last words; null where it has not said any.</summary>
    public async Task<string> ReasonAsync()
    {
        using CancellationTokenSource patience = new(LastWords);
        int? exitCode = null;
        try
        {
            await _errorsRead.WaitAsync(patience.Token).ConfigureAwait(false);
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            exitCode = _process.ExitCode;
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException)
        {
            // It goes on, or was ended here.
        }
        return (exitCode, _errors.Text) switch
        {
            (127, var said) => $"the program is not found there; install MultiExit, or name its path{Said(said)}",
            ({ } code, var said) => $"ssh ended with {code}{Said(said)}",
            (null, var said) => $"what answers is no MultiExit{Said(said)}",
        };

        static string Said(string? text) => text is null ? "" : $": {text}";
    }

    /// <summary>Ends when it runs no more, or was ended here.</summary>
    public async Task WaitForExitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException)
        {
            // It was ended here.
        }
    }

    /// <summary>Ends ssh and whatever it started.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0) return;
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended.
        }
        _process.Dispose();
    }

    private static Process Start(SshTarget target)
    {
        string ssh = Find(OperatingSystem.IsWindows() ? "ssh.exe" : "ssh")
            ?? throw new ProxyException(ProxyError.MissingLibrary, "there is no ssh in the folders of PATH; install OpenSSH's client");
        // A session of its own: Ctrl+C goes to all processes of the terminal, and would end the connection with the cmdlet.
        string? alone = OperatingSystem.IsWindows() ? null : Find("setsid");
        ProcessStartInfo start = new(alone ?? ssh)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, CreateNoWindow = true,
        };
        if (alone is not null) start.ArgumentList.Add(ssh);
        foreach (string argument in target.GetArguments()) start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new ProxyException(ProxyError.MissingLibrary, $"{ssh} cannot be started: {exception.Message}", exception);
        }
    }

    // Only the folders of PATH: a file of that name in the current folder is not meant.
    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathFullyQualified)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    // One byte at a time: what follows is the link's.
    private async ValueTask<bool> FindPrefaceAsync(CancellationToken cancellationToken)
    {
        byte[] next = new byte[1];
        int matched = 0;
        for (int i = 0; i < MaxNoise; i++)
        {
            if (await Output.ReadAsync(next, cancellationToken).ConfigureAwait(false) == 0) return false;
            matched = next[0] == ControlLink.Preface[matched] ? matched + 1 : next[0] == ControlLink.Preface[0] ? 1 : 0;
            if (matched == ControlLink.Preface.Length) return true;
        }
        return false;
    }
}
