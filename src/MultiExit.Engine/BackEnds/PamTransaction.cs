using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Identity;

namespace MultiExit.Engine.BackEnds;

/// <summary>One login by Linux-PAM. It holds its thread as long as the modules of the service do.</summary>
internal static unsafe class PamTransaction
{
    private const int User = 2, RemoteHost = 4, FailDelay = 10; // PAM_USER, PAM_RHOST, PAM_FAIL_DELAY
    private const int Silent = 0x8000, NoEmptyPassword = 1;

    /// <summary>Asks the modules.</summary>
    /// <param name="pam">The library.</param>
    /// <param name="service">The service.</param>
    /// <param name="name">The user.</param>
    /// <param name="password">The password; cleared at the end.</param>
    /// <param name="client">The client's address, for modules that look at it.</param>
    public static BackEndAnswer Run(PamLibrary pam, string service, string name, byte[] password, string client)
    {
        byte[] serviceText = Text(service), nameText = Text(name), clientText = Text(client), passwordText = new byte[password.Length + 1];
        // Pinned from the first byte on, so that the collector leaves no copy behind.
        fixed (byte* servicePointer = serviceText, namePointer = nameText, clientPointer = clientText, passwordPointer = passwordText)
        {
            password.CopyTo(passwordText, 0);
            CryptographicOperations.ZeroMemory(password);
            PamConversation.Answers answers = new() { Name = namePointer, Password = passwordPointer };
            PamConversation.Record conversation = PamConversation.For(&answers);
            nint handle = 0;
            PamResult result = (PamResult)pam.Start(servicePointer, namePointer, &conversation, &handle);
            if (result != PamResult.Success) return BackEndAnswer.Unavailable($"pam_start: {result}");
            try
            {
                pam.SetItem(handle, RemoteHost, clientPointer);
                // A module that was refused would hold the thread for seconds; guessing is what the lockout is for.
                pam.SetItem(handle, FailDelay, (delegate* unmanaged<int, uint, void*, void>)&NoDelay);
                string step = "pam_authenticate";
                result = (PamResult)pam.Authenticate(handle, Silent | NoEmptyPassword);
                if (result == PamResult.Success)
                {
                    step = "pam_acct_mgmt";
                    result = (PamResult)pam.CheckAccount(handle, Silent | NoEmptyPassword);
                }
                return AnswerOf(pam, handle, result, step, name);
            }
            finally
            {
                pam.End(handle, (int)result);
                CryptographicOperations.ZeroMemory(passwordText);
            }
        }
    }

    private static BackEndAnswer AnswerOf(PamLibrary pam, nint handle, PamResult result, string step, string name)
    {
        switch (result)
        {
            case PamResult.Success:
                // A module may have made another name of it.
                void* mapped = null;
                string? user = pam.GetItem(handle, User, &mapped) == (int)PamResult.Success ? Marshal.PtrToStringUTF8((nint)mapped) : null;
                return BackEndAnswer.Allowed(new BackEndUser(string.IsNullOrEmpty(user) ? name : user));
            case PamResult.PermissionDenied or PamResult.AuthenticationError or PamResult.CredentialsInsufficient or PamResult.UserUnknown
                or PamResult.MaxTries or PamResult.NewPasswordRequired or PamResult.AccountExpired:
                return BackEndAnswer.Denied;
            default:
                string reason = $"{step}: {Marshal.PtrToStringUTF8((nint)pam.Describe(handle, (int)result))} ({(int)result})";
                return IsOutage(result) ? BackEndAnswer.Unavailable(reason) : BackEndAnswer.Unusable(reason);
        }
    }

    // Modules that cannot be loaded or cannot reach what they ask. Others may be about one user: one that is asked for a code as well, for one.
    private static bool IsOutage(PamResult result) => result is PamResult.OpenError or PamResult.SymbolError or PamResult.ServiceError
        or PamResult.SystemError or PamResult.BufferError or PamResult.AuthenticationUnavailable or PamResult.Abort or PamResult.ModuleUnknown;

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + "\0");

    [UnmanagedCallersOnly]
    private static void NoDelay(int result, uint microseconds, void* data)
    {
    }
}
