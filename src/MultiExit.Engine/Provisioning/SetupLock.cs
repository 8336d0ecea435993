using System.Globalization;
using System.Text;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Provisioning;

/// <summary>Held while the set-up is changed, so that two changes at a time do not see each other's half-made one: a lock on a file in /run,
/// which only root may make or open, one for each network namespace, as the firewall is. It is free again when its holder ends.</summary>
/// <remarks>A process that cannot write there (it may change the network and is not root) takes a name of an abstract Unix socket instead. Any
/// local user could hold that name, and so delay such a process, for 30 s.</remarks>
internal static class SetupLock
{
    private const string Folder = "/run";
    private const string Namespace = "/proc/self/ns/net";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>The lock of this network namespace.</summary>
    public static string SystemPath => $"{Folder}/multiexit-snat-{NamespaceNumber()}.lock";

    /// <summary>Waits until no other process changes the set-up.</summary>
    /// <param name="path">The file of the lock.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Frees the lock when it is disposed.</returns>
    /// <exception cref="ProxyException">Another process has held it for 30 s.</exception>
    public static async Task<IDisposable> TakeAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            if (TryTake(path) is { } held) return held;
            if (time.GetElapsedTime(began) >= Patience)
            {
                throw new ProxyException(ProxyError.Provisioning,
                    $"another process has been changing the set-up for {DurationText.Seconds(Patience)} (it holds {path}: `fuser -v {path}` names it); "
                    + "nothing has changed; try again when it has ended");
            }
            await Task.Delay(LookEvery, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static IDisposable? TryTake(string path)
    {
        try
        {
            FileStream held = FileClaim.Lock(path);
            // Another process with another umask may have made it, and any user that may open it may lock it.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(held.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return held;
        }
        catch (IOException exception) when (FileClaim.IsTaken(exception))
        {
            return null;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return UnixSocket.TryHold(Path.GetFileNameWithoutExtension(path));
        }
    }

    // The link reads net:[4026531840].
    private static string NamespaceNumber()
    {
        string link = new FileInfo(Namespace).LinkTarget ?? "";
        StringBuilder digits = new();
        foreach (char c in link)
            if (char.IsAsciiDigit(c)) digits.Append(c);
        return digits.Length > 0 ? digits.ToString() : 0.ToString(CultureInfo.InvariantCulture);
    }
}
