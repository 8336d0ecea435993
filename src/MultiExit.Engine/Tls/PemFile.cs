using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Tls;

/// <summary>Reads PEM files; a fault of a file is one sentence for the operator.</summary>
internal static class PemFile
{
    // All the CAs of a system together have some 500 KiB.
    private const int MaxLength = 4 << 20;

    private const string Label = "CERTIFICATE";

    /// <summary>Reads the text of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">The words for the file in the message: "certificate file".</param>
    public static string ReadText(string path, string what)
    {
        using StreamReader reader = new(new MemoryStream(ReadBytes(path, what)), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Reads a file as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">The words for the file in the message.</param>
    /// <param name="limit">The most bytes it may have.</param>
    public static byte[] ReadBytes(string path, string what, int limit = MaxLength)
    {
        try
        {
            return RegularFile.Read(path, limit);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unreadable($"the {what} {path} does not exist", exception);
        }
        catch (SpecialFileException exception)
        {
            throw Unreadable($"the {what} {path} is not a regular file", exception);
        }
        catch (FileTooLargeException exception)
        {
            throw Unreadable($"the {what} {path} {exception.Problem}", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            string reason = Directory.Exists(path) ? "is a folder" : "may not be read by this user";
            throw Unreadable($"the {what} {path} {reason}", exception);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            throw Unreadable($"the {what} {path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Reads all certificates of a file, at least one.</summary>
    public static X509Certificate2Collection ReadCertificates(string path, string what)
    {
        X509Certificate2Collection certificates = [];
        PemReader blocks = new(ReadText(path, what));
        try
        {
            while (blocks.Read())
                if (blocks.Label is Label) certificates.Add(X509CertificateLoader.LoadCertificate(blocks.Decode() ?? []));
        }
        catch (CryptographicException exception)
        {
            throw Unreadable($"the {what} {path} holds a certificate that cannot be read: {exception.Message}", exception);
        }
        if (blocks.Fault is { } fault) throw Unreadable($"the {what} {path} {fault}", null);
        if (certificates.Count == 0) throw Unreadable($"the {what} {path} holds no PEM certificate", null);
        return certificates;
    }

    public static ProxyException Unreadable(string message, Exception? inner) => new(ProxyError.CertificateUnreadable, message, inner);
}
