// What a BI tool does over JDBC: list views and columns with their comments, read every one, and try to write.
//
//   java -cp /usr/share/java/postgresql.jar Reader.java URL USER PASSWORD
//
// Prints tab-separated lines: view NAME COMMENT, column VIEW NAME COMMENT, rows VIEW COUNT, refused SQLSTATE STATEMENT.

import java.sql.*;
import java.util.*;

public class Reader {
    static String line(String text) {
        return text == null ? "" : text.replace('\n', ' ').replace('\t', ' ');
    }

    public static void main(String[] given) throws SQLException {
        try (Connection connection = DriverManager.getConnection(given[0], given[1], given[2])) {
            DatabaseMetaData about = connection.getMetaData();
            List<String> views = new ArrayList<>();
            try (ResultSet found = about.getTables(null, "mart", "%", new String[] {"VIEW"})) {
                while (found.next()) {
                    views.add(found.getString("TABLE_NAME"));
                    System.out.println("view\t" + found.getString("TABLE_NAME") + "\t" + line(found.getString("REMARKS")));
                }
            }
            try (ResultSet found = about.getColumns(null, "mart", "%", "%")) {
                while (found.next()) {
                    String name = found.getString("TABLE_NAME") + "\t" + found.getString("COLUMN_NAME");
                    System.out.println("column\t" + name + "\t" + line(found.getString("REMARKS")));
                }
            }
            for (String view : views) {
                System.out.println("rows\t" + view + "\t" + rows(connection, view));
            }
            for (int i = 3; i < given.length; i++) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(given[i]);
                    System.out.println("done\t-\t" + given[i]);
                } catch (SQLException refusal) {
                    System.out.println("refused\t" + refusal.getSQLState() + "\t" + given[i]);
                }
            }
        }
    }

    static int rows(Connection connection, String view) throws SQLException {
        int count = 0;
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(10000);
            try (ResultSet found = statement.executeQuery("SELECT * FROM mart.\"" + view + "\"")) {
                int width = found.getMetaData().getColumnCount();
                while (found.next()) {
                    for (int i = 1; i <= width; i++) {
                        found.getObject(i);
                    }
                    count++;
                }
            }
        }
        connection.commit();
        connection.setAutoCommit(true);
        return count;
    }
}
