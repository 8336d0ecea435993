using System.Security.Cryptography;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;

namespace MultiExit.Engine.BackEnds;

/// <summary>Asks the modules of a service of Linux-PAM, each question on a thread of its own: a module may take as long as it likes, and nothing can
/// stop it. So many threads and no more are ever held by them, those of questions that nobody waits for any more included.</summary>
internal sealed class PamBackEnd : IBackEnd
{
    private const int MaxThreads = 8;

    // One limit for the process: modules that hang hang for every server and after every reload.
    private static int s_threads;

    private readonly PamAuthConfig _config;
    private readonly PamLibrary _pam;

    /// <param name="config">What is configured of it.</param>
    /// <exception cref="ProxyException">The system has no PAM (<see cref="ProxyError.MissingLibrary"/>), or does not have the service.</exception>
    public PamBackEnd(PamAuthConfig config)
    {
        _config = config;
        _pam = PamLibrary.Require();
        // Without the folder there is one file for all services, which is not looked into.
        string[] places = [$"/etc/pam.d/{config.Service}", $"/usr/lib/pam.d/{config.Service}", $"/usr/share/pam.d/{config.Service}"];
        if (Directory.Exists("/etc/pam.d") && !Array.Exists(places, File.Exists))
            throw new ProxyException(ProxyError.InvalidConfiguration, $"`auth.pam`: there is no service {config.Service}; expected the file {places[0]}");
    }

    /// <inheritdoc/>
    public int MaxAtOnce => MaxThreads;

    /// <inheritdoc/>
    public bool LooksAtClient => true;

    /// <inheritdoc/>
    public Task<BackEndAnswer> AskAsync(BackEndQuestion question, CancellationToken cancellationToken)
    {
        if (question.Name is not { } name || question.Secret.IsEmpty) return Task.FromResult(BackEndAnswer.Denied);
        if (Interlocked.Increment(ref s_threads) > MaxThreads)
        {
            Interlocked.Decrement(ref s_threads);
            return Task.FromResult(BackEndAnswer.Unavailable($"{MaxThreads} logins hang in its modules"));
        }
        // Its own copy: the question's is cleared when nobody waits for the answer any more.
        byte[] password = question.Secret.ToArray();
        string client = question.Client.ToString();
        try
        {
            return Task.Factory.StartNew(() => Run(name, password, client), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (Exception exception) when (exception is TaskSchedulerException or OutOfMemoryException)
        {
            CryptographicOperations.ZeroMemory(password);
            Interlocked.Decrement(ref s_threads);
            return Task.FromResult(BackEndAnswer.Unavailable("there is no thread for its modules"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private BackEndAnswer Run(string name, byte[] password, string client)
    {
        try
        {
            return PamTransaction.Run(_pam, _config.Service, name, password, client);
        }
        finally
        {
            Interlocked.Decrement(ref s_threads);
        }
    }
}
