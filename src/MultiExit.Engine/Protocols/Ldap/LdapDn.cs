using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Protocols.Ldap;

/// <summary>Names of entries as text (RFC 4514).</summary>
internal static class LdapDn
{
    /// <summary>Writes a value so that it stays one value in a DN, whatever is in it.</summary>
    public static string Escape(string value)
    {
        StringBuilder text = new(value.Length + 8);
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            bool isEdge = i == 0 ? c is ' ' or '#' : i == value.Length - 1 && c == ' ';
            if (c == '\0') text.Append("\\00");
            else if (isEdge || c is '"' or '+' or ',' or ';' or '<' or '>' or '\\' or '=') text.Append('\\').Append(c);
            else text.Append(c);
        }
        return text.ToString();
    }

    /// <summary>The value of the first part: <c>ops</c> of <c>cn=ops,ou=groups,dc=example</c>. Text that is no DN is its own value.</summary>
    /// <returns>Null where the text cannot be read.</returns>
    public static string? FirstValue(string dn)
    {
        int equals = dn.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) return dn;
        List<byte> value = [];
        for (int i = equals + 1; i < dn.Length && dn[i] is not (',' or '+' or ';'); i++)
        {
            if (dn[i] != '\\')
            {
                int count = i + 1 < dn.Length && char.IsSurrogatePair(dn, i) ? 2 : 1;
                value.AddRange(Encoding.UTF8.GetBytes(dn.Substring(i, count)));
                i += count - 1;
            }
            else if (i + 2 < dn.Length && byte.TryParse(dn.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet))
            {
                value.Add(octet);
                i += 2;
            }
            else if (++i < dn.Length) value.AddRange(Encoding.UTF8.GetBytes(dn.Substring(i, 1)));
            else return null;
        }
        return Encoding.UTF8.GetString([.. value]).Trim();
    }
}
